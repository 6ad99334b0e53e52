import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { State, Trouble } from '../conversation/state.ts';
import type { Word, Words } from '../locale/words.ts';
import { icon } from './icon.ts';

/** What each kind of trouble is called, and what to do about it. */
const TEXTS: Readonly<Record<Trouble['kind'], readonly [title: Word, advice: Word]>> = {
  config: ['troubleConfig', 'doConfig'],
  agent: ['troubleAgent', 'doAgent'],
  auth: ['troubleAuth', 'doAuth'],
  unreachable: ['troubleUnreachable', 'doUnreachable'],
  refused: ['troubleRefused', 'doRefused'],
};

/** Why the chat cannot be used: in place of the welcome, or as a bar below what was said. */
export function troubleView({ kind, message }: Trouble, words: Words, again: () => void): TemplateResult {
  const [title, advice] = TEXTS[kind];
  return html`<div class="trouble">
    ${icon('alert')}
    <div><strong>${words.t(title)}</strong><p>${words.t(advice)}</p>${message ? html`<p class="detail" dir="auto">${message}</p>` : nothing}</div>
    <button type="button" class="plain" @click=${again}>${icon('retry')}${words.t('tryAgain')}</button>
  </div>`;
}

/** The same for those who listen. */
export function troubleText({ kind }: Trouble, words: Words): string {
  const [title, advice] = TEXTS[kind];
  return `${words.t(title)}. ${words.t(advice)}`;
}

/** The line above the composer while there is no connection. */
export function connectionView(connection: State['connection'], words: Words): TemplateResult {
  const text = connection === 'online' ? '' : words.t(connection);
  return html`<p class="connection" ?hidden=${!text}><span class=${connection === 'reconnecting' ? 'live' : ''}>${text}</span></p>`;
}
