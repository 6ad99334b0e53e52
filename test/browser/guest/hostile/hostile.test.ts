import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openChat, snippet, stage } from '../../embed/site.ts';
import { settled } from '../../everyone/everyone.ts';
import { ask } from '../talk.ts';
import { measure } from './measure.ts';

const lab = stage('test/browser/guest/project');

const page = (head: string, body = '') =>
  `<!doctype html><html lang="en"><head><title>A page</title>${head}</head><body><div id="root"></div>${body}</body></html>`;

const STYLES = {
  'takes all styles away': '* { all: unset !important; color: red !important }',
  'takes all styles away, again for everything that is a part of a page':
    '*, *::before, *::after, :not(:defined) { all: unset !important; display: none; color: red !important; font: 60px serif !important; letter-spacing: 9px !important; text-transform: uppercase !important; direction: ltr; line-height: 3 !important; animation: none !important; opacity: 0.2 !important; visibility: hidden !important }',
  'styles buttons, divisions and fields':
    'button, div, input, textarea, form, header, section, article, p, h2, span { margin: 40px !important; padding: 30px !important; background: lime !important; border: 9px solid blue !important; font: 40px serif !important; position: static !important; float: left; width: 10px !important; transform: rotate(9deg) !important }',
  'has another size of letters':
    'html { font-size: 62.5% } body { font: 9px/9 cursive; letter-spacing: 4px; word-spacing: 9px; text-transform: uppercase; text-indent: 50px; white-space: pre; cursor: wait; user-select: none; text-align: right; visibility: visible; -webkit-text-stroke: 2px red }',
  'moves and scales its body':
    'body { transform: scale(0.5) rotate(3deg); filter: blur(2px); perspective: 9px; contain: paint; overflow: hidden; opacity: 0.5; width: 200px; height: 100px }',
  'has variables of our names':
    ':root, body, * { --clew-paper: red; --clew-ink: red; --clew-raised: lime; --clew-line: lime; --clew-primary: lime; --clew-thread: lime; --clew-radius: 50px; --clew-gutter: 90px; --clew-column: 50px; --clew-sans: cursive; --clew-mono: cursive; --clew-card-left: 900px; --frame-width: 50px; --frame-height: 50px; --frame-top: 300px; --frame-view: 90px; --frame-covered: 300px; --rich-columns: 1px; --rich-height: 9px }',
  'stands on top of everything':
    '* { z-index: 2147483647 !important } #over { position: fixed; inset: 0; background: red; z-index: 2147483647 !important }',
  'is dark in its own way':
    ':root { color-scheme: dark; accent-color: lime; caret-color: lime; scrollbar-color: lime red; --x: 1 } ::selection { background: lime } :focus-visible { outline: 9px solid lime !important }',
} as const;

const SCRIPTS = {
  'adds to built-in prototypes':
    "Array.prototype.mine = function () {}; Object.prototype.theirs = function () {}; String.prototype.trimmed = function () {}; Array.prototype.remove = function () { throw new Error('mine') }; Function.prototype.delay = 1;",
  'replaces fetch, and JSON hears of everything':
    "const asked = window.fetch; window.fetch = async (...all) => { const answer = await asked(...all); answer.clone().text().catch(() => {}); return answer; }; window.heard = []; for (const name of ['parse', 'stringify']) { const own = JSON[name]; JSON[name] = function (...all) { heard.push(name); return own.apply(this, all); }; } const Request0 = Request; window.Request = class extends Request0 {}; XMLHttpRequest.prototype.send = function () { throw new Error('no'); };",
  'has elements of our names':
    "for (const name of ['clew-launcher', 'clew-chat', 'clew-chat-0-1-0']) customElements.define(name, class extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).textContent = 'mine'; } connectedCallback() { this.shadowRoot.textContent = 'mine'; } });",
  'wraps listeners and timers, and has a module loader of its own':
    "const add = EventTarget.prototype.addEventListener; EventTarget.prototype.addEventListener = function (type, listener, options) { return add.call(this, type, typeof listener === 'function' ? function (...all) { return listener.apply(this, all); } : listener, options); }; const timeout = window.setTimeout; window.setTimeout = (run, ms, ...all) => timeout(run, ms, ...all); Node.prototype.append0 = Node.prototype.appendChild; Node.prototype.appendChild = function (node) { return this.append0(node); }; window.$ = window.jQuery = () => {}; window.define = Object.assign(() => { throw new Error('amd'); }, { amd: {} }); window.process = { env: {} }; window.global = {}; window.module = { exports: {} };",
  'hears every key and click first':
    "for (const type of ['keydown', 'keypress', 'focusin']) document.addEventListener(type, (event) => { if (!event.composedPath().some((one) => one.localName === 'textarea')) return; }, true); document.addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); }, true);",
} as const;

describe('a page that means no good changes nothing in the chat', () => {
  let clean: Record<string, unknown>;

  test('a page that has nothing of its own', async () => {
    clean = await used(page(''));
    expect(Object.keys(clean).length).toBeGreaterThan(20);
  });

  test.each(Object.entries(STYLES))('one that %s', async (_, css) => {
    const shown = await used(page(`<style>${css}</style>`, '<div id="over">over</div>'));
    expect(shown).toEqual(clean);
  });

  test.each(Object.entries(SCRIPTS))('one that %s', async (_, code) => {
    const shown = await used(page(`<script>${code}</script>`));
    expect(shown).toEqual(clean);
  });

  /** Opens the chat as a reader does, has a conversation, and measures what there is. */
  async function used(html: string): Promise<Record<string, unknown>> {
    const more = "showLauncher: true, style: { theme: 'light' },";
    const script = snippet({ host: lab.host, agent: await lab.agent('showcase'), more });
    const { page: on } = await lab.visit(html.replace('</body>', `${script}</body>`));
    const launcher = on.getByRole('button', { name: 'Open the chat' });
    await launcher.waitFor();
    const before = await measured(on);
    await openChat(on);
    await on.locator('.prompts button').waitFor();
    const welcome = await measured(on);
    for (const said of ['code', 'table', 'rich']) await ask(on, said);
    await on.getByRole('button', { name: 'Show image' }).waitFor();
    await on.locator('code[data-done]:has(span)').nth(1).waitFor();
    await on.locator('.actions').nth(2).waitFor();
    const shown = await measured(on);
    await on.getByRole('button', { name: 'Close the chat' }).click();
    await launcher.waitFor();
    return { ...keyed('launcher', before), ...keyed('welcome', welcome), ...keyed('talk', shown) };
  }
});

/** What there is once nothing comes or moves any more. */
async function measured(on: Page): Promise<Record<string, unknown>> {
  // What lies under the pointer looks different.
  await on.mouse.move(2, 2);
  await expect.poll(() => on.locator('.reply .pending, code[data-language]:not([data-done])').count()).toBe(0);
  // Two looks may be alike in the middle of a movement, where a busy machine draws nothing between them.
  await settled(on);
  let last = await on.evaluate(measure);
  await expect
    .poll(
      async () => {
        const before = last;
        last = await on.evaluate(measure);
        return JSON.stringify(before) === JSON.stringify(last);
      },
      { interval: 250, timeout: 10_000 },
    )
    .toBe(true);
  return last;
}

function keyed(name: string, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name} ${key}`, value]));
}
