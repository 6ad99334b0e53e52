import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { ChatOptions } from '../config/options.ts';
import type { Words } from '../locale/words.ts';
import type { HeaderItem } from './contract.ts';
import { icon } from './icon.ts';

export interface HeaderModel {
  readonly words: Words;
  readonly options: ChatOptions;
  readonly agentName: string | undefined;
  readonly agentIcon: string | undefined;
  readonly items: readonly HeaderItem[];
  /** Which of the header's own windows is open: the note about AI, or the menu of an item. */
  readonly open: string | undefined;
  /** Undefined: there is no list of conversations. */
  readonly threads: { readonly shown: boolean; toggle(): void } | undefined;
  readonly maximize: { readonly on: boolean; toggle(): void } | undefined;
  readonly aiSlot: string;
  /** Undefined where there is nothing to begin anew. */
  readonly restart: (() => void) | undefined;
  readonly close: (() => void) | undefined;
  toggle(name: string | undefined): void;
}

const AI = 'ai';

export function headerView(model: HeaderModel): TemplateResult | typeof nothing {
  const { words, options, agentName, threads, maximize, items } = model;
  if (!options.layout.showOrchestrateHeader) return nothing;
  const { showAgentAvatar, showAgentName, showAiDisclaimer, showResetButton } = options.header;
  const restart = showResetButton ? model.restart : undefined;
  // Safari focuses no button that is clicked, but what stands around it: so the keyboard stays in the chat, and what is open hears when it goes elsewhere.
  return html`<div class="header" tabindex="-1" @focusout=${(event: FocusEvent) => leave(event, model)}>
    ${threads ? html`${tool(words.t('conversations'), 'list', threads.toggle, { expanded: threads.shown })}` : nothing}
    ${showAgentAvatar ? avatar(model.agentIcon) : nothing}
    <h2 class=${showAgentName ? 'title' : 'unseen'} dir="auto">${agentName ?? words.t('chat')}</h2>
    ${showAiDisclaimer ? aiNote(model) : nothing}
    <div class="header-end">
      ${items.map((item) => customItem(item, model))}
      ${restart ? tool(words.t('newChat'), 'compose', restart) : nothing}
      ${maximize ? tool(words.t(maximize.on ? 'restore' : 'maximize'), maximize.on ? 'shrink' : 'grow', maximize.toggle, { name: 'maximize' }) : nothing}
      ${model.close ? tool(words.t('closeChat'), options.layout.form === 'float' ? 'minus' : 'close', model.close) : nothing}
    </div>
  </div>`;
}

/** The agent's sign: the first letters of an emoji or the chat's own; pictures from elsewhere are not loaded. */
export function avatar(sign: string | undefined): TemplateResult {
  const emoji = sign && /^\p{Extended_Pictographic}/u.test(sign) ? sign : undefined;
  return html`<span class="avatar" aria-hidden="true">${emoji ?? icon('clew')}</span>`;
}

function tool(
  label: string,
  name: Parameters<typeof icon>[0],
  press: () => void,
  about: { expanded?: boolean; name?: string } = {},
): TemplateResult {
  return html`<button type="button" class="tool ${about.name ?? ''}" aria-label=${label} title=${label} aria-expanded=${about.expanded ?? nothing}
    @click=${press}>${icon(name)}</button>`;
}

function aiNote({ words, open, toggle, aiSlot }: HeaderModel): TemplateResult {
  const shown = open === AI;
  return html`<div class="menu-place">
    <button type="button" class="ai" aria-expanded=${shown} aria-label=${`${words.t('ai')}: ${words.t('aboutAi')}`} title=${words.t('aboutAi')}
      @click=${() => toggle(shown ? undefined : AI)}>${words.t('ai')}</button>
    <div class="menu ai-note" ?hidden=${!shown} role="note"><strong>${words.t('aboutAi')}</strong><p>${words.t('aiNote')}</p><slot name=${aiSlot}></slot></div>
  </div>`;
}

function customItem({ id, text, type, items, onClick }: HeaderItem, { open, toggle }: HeaderModel): TemplateResult {
  const name = `item ${id}`;
  if (type !== 'dropdown')
    return html`<button type="button" class="header-item" @click=${() => onClick?.()}>${text}</button>`;
  const shown = open === name;
  const choose =
    (run: (() => void) | undefined) =>
    (event: Event): void => {
      // The entry goes away: the focus returns to what opened the menu.
      (event.currentTarget as HTMLElement).closest('.menu-place')?.querySelector('button')?.focus();
      toggle(undefined);
      run?.();
    };
  return html`<div class="menu-place">
    <button type="button" class="header-item" aria-expanded=${shown} @click=${() => toggle(shown ? undefined : name)}>${text}${icon('chevron')}</button>
    <ul class="menu" ?hidden=${!shown}>
      ${(items ?? []).map((entry) => html`<li><button type="button" @click=${choose(entry.onClick)}>${entry.text}</button></li>`)}
    </ul>
  </div>`;
}

/** A window of the header closes when the focus goes elsewhere. */
function leave({ currentTarget, relatedTarget }: FocusEvent, { open, toggle }: HeaderModel): void {
  const place = (currentTarget as HTMLElement).querySelector('.menu:not([hidden])')?.parentElement;
  if (open !== undefined && place && !place.contains(relatedTarget as Node | null)) toggle(undefined);
}
