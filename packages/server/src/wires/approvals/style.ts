/** The style of the pages, in the colours of the server's other pages (`packages/widget/src/pages/own.css`). Its hash stands in their policy. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --raised: #f5f6f7; --line: #e1e4e7; --edge: #868e97; --ink: #17191c; --quiet: #5a626b; --thread: #b93a2a; }
@media (prefers-color-scheme: dark) { :root { --paper: #131416; --raised: #1d1f22; --line: #2d3035; --edge: #737b85; --ink: #e9ebed; --quiet: #9ba2ab; --thread: #ff8a75; } }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; text-size-adjust: 100%; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 .75rem; }
.quiet { color: var(--quiet); font-size: .9375rem; }
section { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; }
section > .quiet { margin-bottom: .5rem; }
dl { margin: 0; }
dt { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
dd { margin: 0 0 .5rem; }
code, pre { font: .9375rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; }
.choice { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-top: .5rem; }
.choice label { display: flex; align-items: center; gap: .5rem; min-height: 2.75rem; }
input[type=radio] { width: 1.25rem; height: 1.25rem; accent-color: var(--thread); }
textarea { font: inherit; color: inherit; background: var(--paper); width: 100%; margin-top: .25rem; padding: .5rem .75rem; border: 1px solid var(--edge); border-radius: .375rem; resize: vertical; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
button { font: inherit; font-weight: 600; flex: 1 1 10rem; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: .375rem; border: 1px solid var(--ink); cursor: pointer; }
.yes { background: var(--ink); color: var(--paper); }
.no { background: transparent; color: var(--ink); }
:focus-visible { outline: 2px solid var(--thread); outline-offset: 2px; }
`;
