import type { ContentItem } from '@clew/wire/client';
import { html, nothing, render, type TemplateResult } from 'lit/html.js';
import type { Actions } from '../answers/index.ts';
import type { Entry, Reply } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import type { IncomingMessage } from '../events/events.ts';
import type { ItemContext } from '../items/context.ts';
import { isText } from '../items/kinds.ts';
import { renderItem } from '../items/render.ts';
import { createText, type TextView } from '../items/text.ts';
import type { Answer, Said } from '../transcript/answer.ts';
import { loadAnswers } from './answers.ts';
import type { PanelDeps } from './contract.ts';
import { icon } from './icon.ts';
import type { Slots } from './slots.ts';
import { activityText, stepsView } from './steps.ts';

export interface ReplyDeps extends Pick<PanelDeps, 'words' | 'bus' | 'client' | 'options' | 'commands'> {
  readonly slots: Slots;
  /** What follows the reply with this key. */
  after(key: string): Entry | undefined;
}

interface ItemView {
  readonly kind: string;
  readonly element: HTMLElement;
  item: ContentItem;
  complete: boolean;
  readonly text: TextView | undefined;
  /** Aborted when the item leaves the page. */
  readonly life: AbortController;
}

/** Shows one reply and follows its changes. */
export class ReplyView {
  readonly node: HTMLElement;
  readonly #deps: ReplyDeps;
  readonly #steps = el('div');
  readonly #body = el('div', { class: 'body' });
  readonly #end = el('div', { class: 'end' });
  readonly #actionsPlace = el('div', { class: 'actions-place' });
  #actions: Actions | undefined;
  #items: ItemView[] = [];
  #reply: Reply;
  #shown: Answer | undefined;

  /** `node` is its empty frame. */
  constructor(node: HTMLElement, reply: Reply, deps: ReplyDeps) {
    this.node = node;
    this.#reply = reply;
    this.#deps = deps;
    node.append(this.#steps, this.#body, this.#end, this.#actionsPlace);
  }

  update(reply: Reply): void {
    const { words } = this.#deps;
    const { answer } = reply;
    const before = this.#shown;
    this.#reply = reply;
    if (answer === before) return;
    this.#shown = answer;
    const working = answer.phase === 'working';
    this.node.setAttribute('aria-busy', String(working));
    if (answer.messages !== before?.messages || answer.phase !== before.phase) this.#showMessages(answer);
    render(stepsView(answer, words), this.#steps);
    render(this.#ending(answer), this.#end);
    this.#showActions();
  }

  /** Tells the items that something was said after them. */
  close(): void {
    for (const { element } of this.#items) element.dispatchEvent(new Event('clew:closed'));
  }

  has(messageId: string): boolean {
    return this.#reply.answer.messages.some(({ id }) => id === messageId);
  }

  destroy(): void {
    for (const { life } of this.#items) life.abort();
  }

  /** What a reader can do with the answer, once it is there. */
  #showActions(): void {
    const { phase, messages } = this.#reply.answer;
    const said = phase === 'working' ? undefined : messages.at(-1);
    if (this.#actions) this.#actions.update(said, rawText(messages));
    if (this.#actions || !said) return;
    void loadAnswers().then(
      ({ createActions }) => {
        if (this.#actions) return;
        this.#actions = createActions({ ...this.#deps, messageOf });
        this.#actionsPlace.append(this.#actions.element);
        this.#showActions();
      },
      // The answer can be read without them.
      () => undefined,
    );
  }

  #showMessages({ messages, phase }: Answer): void {
    const wanted = messages.flatMap((said, index) => said.content.map((item) => ({ item, said, index })));
    wanted.forEach(({ item, said, index }, place) => {
      const complete = said.id !== undefined || phase !== 'working';
      const old = this.#items[place];
      if (old && old.item === item && old.complete === complete) return;
      if (old && old.kind === item.response_type && this.#keep(old, item, complete)) return;
      const view = this.#make(item, index, complete);
      this.#items[place] = view;
      old?.life.abort();
      if (old) old.element.replaceWith(view.element);
      else this.#body.append(view.element);
    });
    for (const { element, life } of this.#items.splice(wanted.length)) {
      life.abort();
      element.remove();
    }
  }

  /** Whether the view of an item can go on: text grows, and other items that look the same stay, with what was filled in. */
  #keep(view: ItemView, item: ContentItem, complete: boolean): boolean {
    const same = JSON.stringify(view.item) === JSON.stringify(item);
    const toPage = view.complete !== complete && view.element.querySelector('slot') !== null;
    if (!view.text && (!same || toPage)) return false;
    view.text?.update(item, complete);
    view.item = item;
    view.complete = complete;
    return true;
  }

  #make(item: ContentItem, index: number, complete: boolean): ItemView {
    const life = new AbortController();
    const text = isText(item.response_type) ? createText(this.#deps.words) : undefined;
    text?.update(item, complete);
    const element = text?.element ?? renderItem(item, this.#context(index, life.signal));
    return { kind: item.response_type, element, item, complete, text, life };
  }

  #context(index: number, signal: AbortSignal): ItemContext {
    const { words, bus, client, options, commands, slots, after } = this.#deps;
    const context: ItemContext = {
      words,
      bus,
      client,
      hostUrl: options.hostUrl,
      message: () => messageOf(this.#reply.answer.messages[index]),
      open: () => !after(this.#reply.key),
      formAnswer: () => {
        const next = after(this.#reply.key);
        return next?.kind === 'question' ? next.form : undefined;
      },
      say: (say) => void commands.say(say),
      render: (nested) => renderItem(nested, context),
      hostElement: () => slots.place(signal),
      signal,
    };
    return context;
  }

  #ending(answer: Answer): TemplateResult | typeof nothing {
    const { words, commands } = this.#deps;
    const { phase, activity, problem, messages } = answer;
    if (phase === 'working') {
      if (messages.length === 0) return nothing;
      return html`<p class="doing live"><span>${activityText(activity, words)}</span></p>`;
    }
    const retry = (): void => commands.retry(this.#reply.key);
    const again = html`<button type="button" class="plain" @click=${retry}>${icon('retry')}${words.t('tryAgain')}</button>`;
    if (phase === 'failed' || phase === 'lost') {
      return html`<div class="problem">${icon('alert')}<p dir="auto">${problem ?? words.t('somethingWrong')}</p>${again}</div>`;
    }
    if (phase === 'stopped') return html`<p class="note ended">${words.t('stopped')}${again}</p>`;
    return messages.at(-1)?.incomplete ? html`<p class="note ended">${words.t('incomplete')}</p>` : nothing;
  }
}

/** A message as pages know it. Its id is empty while it is being said. */
function messageOf(said: Said | undefined): IncomingMessage {
  return {
    id: said?.id ?? '',
    content: [...(said?.content ?? [])],
    message_state: said?.state ? { ...said.state } : null,
  };
}

function rawText(messages: readonly Said[]): string {
  const texts = messages.flatMap(({ content }) => content.map(({ text }) => (typeof text === 'string' ? text : '')));
  return texts.filter((text) => text !== '').join('\n\n');
}
