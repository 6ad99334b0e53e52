import type { nothing, TemplateResult } from 'lit/html.js';
import { copyText } from '../dom/copy.ts';
import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import { tell as tellListeners } from '../dom/tell.ts';
import type { IncomingMessage } from '../events/events.ts';
import { renderLine } from '../markdown/render.ts';
import type { Said } from '../transcript/answer.ts';
import type { Feedback, PanelDeps } from '../view/contract.ts';
import { type Details, type FeedbackPlace, feedbackPlace, storedFeedback } from './feedback.ts';
import { kit } from './kit.ts';

export interface ActionsDeps extends Pick<PanelDeps, 'words' | 'bus' | 'commands'> {
  messageOf(said: Said): IncomingMessage;
}

/** What a reader can do with an answer that is complete: copy it and say what it was worth. */
export interface Actions {
  readonly element: HTMLElement;
  update(said: Said | undefined, text: string): void;
}

export function createActions({ words, bus, commands, messageOf }: ActionsDeps): Actions {
  const element = el('div', { class: 'actions' });
  let said: Said | undefined;
  let text = '';
  /** The direction whose sheet is open. */
  let open: boolean | undefined;
  let chosen = new Set<string>();
  let note = '';

  return {
    element,
    update(next, nextText) {
      said = next;
      text = nextText;
      draw();
    },
  };

  function draw(): void {
    kit.render(said ? view(said) : kit.nothing, element);
  }

  function view(about: Said): TemplateResult {
    const place = about.id === undefined ? undefined : feedbackPlace(about, words);
    const stored = place && storedFeedback(about, place.item.id);
    return kit.html`<div class="tools">
        ${
          text &&
          kit.html`<button type="button" class="tool" aria-label=${words.t('copyAnswer')} title=${words.t('copyAnswer')}
          @click=${(event: Event) => void copyText(event.currentTarget as HTMLButtonElement, text, words)}>${iconNode('copy')}</button>`
        }
        ${place ? [thumb(about, place, stored, true), thumb(about, place, stored, false)] : kit.nothing}
        <span class="note">${note}</span>
      </div>
      ${place && open !== undefined ? sheet(about, place, open) : kit.nothing}`;
  }

  function thumb(about: Said, place: FeedbackPlace, stored: Feedback | undefined, isPositive: boolean): TemplateResult {
    const pressed = stored?.is_positive === isPositive;
    const label = words.t(isPositive ? 'goodAnswer' : 'badAnswer');
    return kit.html`<button type="button" class="tool" data-good=${isPositive} aria-label=${label} title=${label} aria-pressed=${pressed}
      aria-expanded=${open === isPositive} @click=${() => press(about, place, isPositive, pressed)}>${iconNode(isPositive ? 'up' : 'thumbDown')}</button>`;
  }

  function press(about: Said, place: FeedbackPlace, isPositive: boolean, pressed: boolean): void {
    note = '';
    if (pressed) {
      open = undefined;
      draw();
      store(about, place, undefined);
      return;
    }
    const details = isPositive ? place.positive : place.negative;
    open = details.shown ? isPositive : undefined;
    chosen = new Set();
    draw();
    if (open !== undefined) element.querySelector<HTMLElement>('.sheet')?.focus({ preventScroll: true });
    element.querySelector('.sheet')?.scrollIntoView({ block: 'nearest' });
    store(about, place, { is_positive: isPositive });
    tell(about, place, isPositive, 'button');
  }

  function sheet(about: Said, place: FeedbackPlace, isPositive: boolean): TemplateResult {
    const details = isPositive ? place.positive : place.negative;
    const title = words.t(isPositive ? 'whatGood' : 'whatBad');
    return kit.html`<form class="sheet" tabindex="-1" aria-label=${title} @submit=${(event: Event) => submit(event, about, place, isPositive)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        close(isPositive);
      }}>
      <div class="sheet-head"><strong>${title}</strong>
        <button type="button" class="tool" aria-label=${words.t('close')} @click=${() => close(isPositive)}>${iconNode('close')}</button></div>
      ${categories(details)}
      <textarea name="text" rows="2" maxlength="1000" aria-label=${words.t('tellMore')} placeholder=${words.t('tellMore')}></textarea>
      ${details.disclaimer && kit.html`<p class="note">${renderLine(details.disclaimer)}</p>`}
      <div class="sheet-end"><button type="button" class="plain" @click=${() => close(isPositive)}>${words.t('cancel')}</button>
        <button type="submit" class="plain strong">${words.t('submit')}</button></div>
    </form>`;
  }

  function categories({ categories: all }: Details): TemplateResult | typeof nothing {
    if (all.length === 0) return kit.nothing;
    const toggle = (name: string): void => {
      if (!chosen.delete(name)) chosen.add(name);
      draw();
    };
    return kit.html`<div class="chips">${all.map(
      (name) =>
        kit.html`<button type="button" class="chip" aria-pressed=${chosen.has(name)} @click=${() => toggle(name)}>${name}</button>`,
    )}</div>`;
  }

  function submit(event: Event, about: Said, place: FeedbackPlace, isPositive: boolean): void {
    event.preventDefault();
    const written = String(new FormData(event.target as HTMLFormElement).get('text') ?? '').trim();
    const selected = [...chosen];
    const feedback = { is_positive: isPositive, text: written, selected_categories: selected };
    close(isPositive);
    remark('thanks');
    store(about, place, feedback);
    tell(about, place, isPositive, 'details', { text: written, categories: selected });
  }

  function close(isPositive: boolean): void {
    open = undefined;
    draw();
    element.querySelector<HTMLElement>(`[data-good=${isPositive}]`)?.focus();
  }

  function store({ id }: Said, { item }: FeedbackPlace, feedback: Feedback | undefined): void {
    if (id === undefined) return;
    commands.giveFeedback(id, item.id, feedback).catch(() => {
      remark('notSaved');
    });
  }

  /** Says something beside the buttons, to see and to hear. */
  function remark(word: 'thanks' | 'notSaved'): void {
    note = words.t(word);
    draw();
    tellListeners(element, note);
  }

  function tell(
    about: Said,
    { item }: FeedbackPlace,
    isPositive: boolean,
    interactionType: 'button' | 'details',
    more: { text?: string; categories?: string[] } = {},
  ): void {
    void bus.fire('feedback', { messageItem: item, message: messageOf(about), isPositive, interactionType, ...more });
  }
}
