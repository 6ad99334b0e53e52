/** The module `clew.js`: `createChat` and `<clew-chat>`. Its types are `clew.d.ts`. */
import { explain } from '../config/check.ts';
import { readOptions } from '../config/read.ts';
import { createStand } from '../loader/stand.ts';
import type * as Api from './clew.d.ts';

/** The options are wrong: the message says which, and what to do. */
class OptionsError extends Error {}

export const createChat: typeof Api.createChat = async (raw = {}) => {
  const base = new URL('.', import.meta.url).href;
  const { options, hooks, findings } = readOptions(raw, base);
  const message = explain(findings, 'the options of createChat');
  if (!options) throw new OptionsError(message);
  if (findings[0]) console.error(message);
  const { layout, style, locale } = options;
  const stand = createStand({
    base,
    launcher: layout.showLauncher ? { color: style.primaryColor, locale } : undefined,
    wanted: 'now',
    open: (chat, launcher) => chat.openChat(options, hooks, launcher),
    onError: hooks.onError,
  });
  return (await stand.ready()).instance;
};

/** Attributes of `<clew-chat>` and the options that they stand for. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  host: 'host',
  agent: 'agent',
  channel: 'channel',
  environment: 'environment',
  locale: 'locale',
  token: 'token',
  thread: 'thread',
  layout: 'layout.form',
  width: 'layout.width',
  height: 'layout.height',
  'show-launcher': 'layout.showLauncher',
  'show-header': 'layout.showHeader',
  theme: 'style.theme',
  'primary-color': 'style.primaryColor',
  'header-color': 'style.headerColor',
  'user-message-background-color': 'style.userMessageBackgroundColor',
  'font-family': 'style.fontFamily',
};

type Members = Record<string, unknown>;

function optionsOf(element: HTMLElement, own: Api.ChatOptions): Api.ChatOptions {
  const { layout } = own;
  const options: Members = { ...own };
  options.layout = { element, ...(typeof layout === 'string' ? { form: layout } : layout) };
  for (const [attribute, path] of Object.entries(ATTRIBUTES)) {
    const text = element.getAttribute(attribute);
    if (text === null) continue;
    const value = attribute.startsWith('show-') ? text !== 'false' : text;
    const [name = '', inner] = path.split('.');
    options[name] = inner ? { ...(options[name] as Members | undefined), [inner]: value } : value;
  }
  return options as Api.ChatOptions;
}

class ClewChatElement extends HTMLElement implements Api.ClewChatElement {
  options: Api.ChatOptions = {};
  #chat: Promise<Api.ChatInstance> | undefined;
  #settle!: (chat: Promise<Api.ChatInstance>) => void;
  ready = this.#promise();

  #promise(): Promise<Api.ChatInstance> {
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  connectedCallback(): void {
    if (this.#chat) return;
    const chat = createChat(optionsOf(this, this.options));
    this.#chat = chat;
    this.#settle(chat);
    this.ready.catch((error: unknown) => {
      if (error instanceof OptionsError) console.error(error.message);
    });
  }

  /** Elements that are moved are taken off and put in again at once: only what stays away is over. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      const chat = this.#chat;
      this.#chat = undefined;
      this.ready = this.#promise();
      void chat?.then(
        (instance) => instance.destroy(),
        () => {},
      );
    });
  }
}

if (!customElements.get('clew-chat')) customElements.define('clew-chat', ClewChatElement);

export { ClewChatElement };
