import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { State } from '../conversation/state.ts';
import type { Words } from '../locale/words.ts';
import { lineOf } from './answers.ts';
import { avatar } from './header.ts';
import { icon } from './icon.ts';

export interface WelcomeModel {
  readonly state: State;
  readonly words: Words;
  readonly slots: { readonly title: string; readonly starters: string; readonly whole: string };
  /** The page has put something of its own in place of the welcome. */
  readonly replaced: boolean;
  /** When the reader came, for the time stamp. */
  readonly now: Date;
  ask(prompt: string): void;
}

/** The longest message and description that are shown, in characters (Orchestrate's own limits). */
const LONGEST = { message: 150, description: 1_000 } as const;
/** More prompts than these stand in a row to scroll. */
const MOST_IN_GRID = 3;

/** What stands before the first message: a greeting, what the agent is for, and questions to begin with. */
export function welcomeView({ state, words, slots, replaced, now, ask }: WelcomeModel): TemplateResult {
  const { agent, welcome } = state;
  const message = cut(welcome ? welcome.message : words.t('greeting'), LONGEST.message);
  const description = cut(welcome?.description ?? '', LONGEST.description);
  const time = new Intl.DateTimeFormat(words.locale, { hour: 'numeric', minute: '2-digit' }).format(now);
  return html`<section class="welcome" aria-label=${words.t('chat')}>
    <slot name=${slots.whole}></slot>
    <div class="welcome-own" ?hidden=${replaced}>
      ${welcome?.showTimestamp ? html`<time datetime=${now.toISOString()}>${time}</time>` : nothing}
      ${avatar(agent?.additional_properties.icon ?? undefined)}
      <slot name=${slots.title}></slot>
      ${message && html`<p class="greeting" role="heading" aria-level="3" dir="auto">${lineOf(message)}</p>`}
      ${description && html`<p class="lead" dir="auto">${lineOf(description)}</p>`}
      ${starters(welcome?.prompts ?? [], words, ask)}
      <slot name=${slots.starters}></slot>
    </div>
  </section>`;
}

function starters(
  prompts: NonNullable<State['welcome']>['prompts'],
  words: Words,
  ask: (prompt: string) => void,
): TemplateResult | typeof nothing {
  if (prompts.length === 0) return nothing;
  const row = prompts.length > MOST_IN_GRID;
  const cards = prompts.map(
    ({ title, subtitle, prompt }) => html`<li><button type="button" @click=${() => ask(prompt)}>
      <span class="title" dir="auto">${title || prompt}</span>${subtitle ? html`<span class="subtitle" dir="auto">${subtitle}</span>` : nothing}
    </button></li>`,
  );
  return html`<div class="prompts ${row ? 'row' : ''}">
    <ul aria-label=${words.t('suggestions')} tabindex=${row ? '-1' : nothing}>${cards}</ul>
    ${row ? html`<div class="pager">${page(words.t('previous'), -1)}${page(words.t('next'), 1)}</div>` : nothing}
  </div>`;
}

function page(label: string, by: number): TemplateResult {
  const scroll = (event: Event): void => {
    const list = (event.currentTarget as HTMLElement).closest('.prompts')?.querySelector('ul');
    if (!list) return;
    const direction = getComputedStyle(list).direction === 'rtl' ? -by : by;
    list.scrollBy({ left: direction * list.clientWidth * 0.8, behavior: 'smooth' });
  };
  return html`<button type="button" class="tool ${by < 0 ? 'back' : 'forth'}" aria-label=${label} title=${label} @click=${scroll}>${icon('chevron')}</button>`;
}

function cut(text: string, most: number): string {
  const all = [...text];
  return all.length > most
    ? `${all
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : text;
}
