import { Html } from './html.ts';

/** The style sheet of `/docs`. It stands in the page, so that the page is one answer and loads nothing. */
export const STYLE = new Html(`
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #14161a);
  --side: light-dark(#f6f7f8, #1a1d22);
  --ink: light-dark(#1a1d21, #e6e8eb);
  --quiet: light-dark(#5b636d, #9aa3ad);
  --line: light-dark(#e2e5e9, #2c3138);
  --link: light-dark(#0b57b0, #7db4ff);
  --get: light-dark(#0b6b52, #5fd0a8);
  --post: light-dark(#7a4b00, #f0b559);
  --patch: light-dark(#5a3ea6, #b7a1f5);
  --delete: light-dark(#a32020, #ff8d85);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; }
body {
  margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); min-height: 100vh;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
}
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
code, pre { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1.25rem;
  background: var(--side); border-right: 1px solid var(--line); font-size: 0.875rem;
}
nav .brand { font-size: 1.125rem; font-weight: 650; color: inherit; text-decoration: none; }
nav h2 { margin: 1.5rem 0 0.375rem; font-size: 0.8125rem; font-weight: 650; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: flex; padding: 0.25rem 0; color: inherit; line-height: 1.4; text-decoration: none; }
nav li a:hover { color: var(--link); }
nav .verb { flex: 0 0 3.5rem; line-height: 1.63; }
main { max-width: 60rem; padding: 2.5rem 3rem 6rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; letter-spacing: -0.01em; }
section > h2 { margin: 3.5rem 0 0; font-size: 1.375rem; }
article { padding: 1.75rem 0; border-bottom: 1px solid var(--line); }
h3 { margin: 0; font-size: 1.0625rem; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
h4 { margin: 1.25rem 0 0.375rem; font-size: 0.875rem; }
.address { margin: 0.375rem 0 0; overflow-wrap: anywhere; }
.verb { font: 650 0.75rem ui-monospace, Menlo, Consolas, monospace; }
.get { color: var(--get); } .post, .put { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
.quiet, .facts, details { color: var(--quiet); }
details { margin-top: 0.375rem; font-size: 0.875rem; }
details ul { margin: 0.375rem 0; padding-left: 1.25rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
th, td { padding: 0.4375rem 1rem 0.4375rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
thead th { font-weight: 600; border-top: 0; }
.members th { width: 34%; } .members td:nth-child(2) { width: 24%; }
.depth-1 { padding-left: 1.25rem; } .depth-2 { padding-left: 2.5rem; } .depth-3 { padding-left: 3.75rem; }
.type { color: var(--quiet); }
.needed { font-size: 0.75rem; color: var(--delete); }
pre { margin: 0; padding: 0.875rem 1rem; overflow-x: auto; background: var(--side); border: 1px solid var(--line); border-radius: 6px; }
.wide { overflow-x: auto; }
#errors th, #errors td { white-space: nowrap; overflow-wrap: normal; } #errors td:last-child { white-space: normal; min-width: 18rem; }
@media (max-width: 56rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1.5rem 1.25rem 4rem; }
  .members tr { display: grid; padding: 0.5rem 0; border-top: 1px solid var(--line); }
  .members th, .members td { width: auto !important; padding-top: 0; padding-bottom: 0; border: 0; }
  .depth-1 ~ td { padding-left: 1.25rem; } .depth-2 ~ td { padding-left: 2.5rem; } .depth-3 ~ td { padding-left: 3.75rem; }
}
`);
