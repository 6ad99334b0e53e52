/** What is run in a page to see what is on it. As text, since it is compiled by the browser and knows nothing of this program. */

/** Result of `READ_PAGE`. */
export interface ReadPage {
  /** `window.wxOConfiguration` as JSON; functions are the text of `FUNCTION`. */
  readonly configuration: Record<string, unknown> | null;
  /** Something of a chat is on the page, or was to come. */
  readonly expectsChat: boolean;
}

/** Result of `STATE_OF_CHAT`. */
export interface ReadChat {
  /** A launcher or a chat is on the page. */
  readonly there: boolean;
  /** The chat greets, or shows what was said. */
  readonly shown: boolean;
  readonly trouble: string | null;
  /** Nothing more is to come: it is shown, or says why not. */
  readonly settled: boolean;
}

/** Stands for a function in what `READ_PAGE` gives back. */
export const FUNCTION = '\u0000function';

/** The server has no icon for pages of others; that is nobody's fault. */
export const EXPECTED = /favicon\.ico/;

export const READ_PAGE = `(() => {
  const copy = (value, depth) => {
    if (typeof value === 'function') return ${JSON.stringify(FUNCTION)};
    if (value instanceof Element || value === undefined || depth > 6) return undefined;
    if (Array.isArray(value)) return value.map((one) => copy(one, depth + 1));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copy(one, depth + 1)]));
    return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value;
  };
  const given = window.wxOConfiguration;
  return {
    configuration: typeof given === 'object' && given !== null ? copy(given, 0) : null,
    expectsChat: typeof given === 'object' || typeof window.wxoLoader === 'object' || !!document.querySelector('clew-chat, script[src*="clew.js"]'),
  };
})()`;

/** Hosts of chats: the classes stand on the element whose shadow holds the chat. */
const FIND = `const within = (root) => [...root.querySelectorAll('*')].flatMap((one) => one.shadowRoot ? [one, ...within(one.shadowRoot)] : [one]);
  const all = within(document);
  const launcher = all.find((one) => one.shadowRoot && /^clew-launcher$/i.test(one.localName)) ??
    all.find((one) => one.shadowRoot?.querySelector('button[popover]'));
  const chats = all.filter((one) => one.shadowRoot && /(^| )wxo-/.test(one.getAttribute('class') ?? ''));`;

export const STATE_OF_CHAT = `(() => {
  ${FIND}
  const find = (selector) => chats.map((one) => one.shadowRoot.querySelector(selector)).find(Boolean);
  const trouble = find('.trouble');
  const shown = !trouble && !!find('.greeting, .entry');
  const text = trouble ? [...trouble.querySelectorAll('strong, p')].map((one) => one.textContent.trim()).filter(Boolean).join(' ') : null;
  return { there: !!launcher || chats.length > 0, shown, trouble: text, settled: shown || !!trouble };
})()`;

export const OPEN_CHAT = `(() => {
  ${FIND}
  const button = launcher?.shadowRoot.querySelector('button');
  if (button && !button.hidden) button.click();
})()`;
