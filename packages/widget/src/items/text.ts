import type { ContentItem } from '@clew/wire/client';
import type { Prose, ShownSources } from '../answers/index.ts';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import { answersNow, loadAnswers } from '../view/answers.ts';

/** Text of an answer, with its sources if it has any, as it grows. */
export interface TextView {
  readonly element: HTMLElement;
  update(item: ContentItem, complete: boolean): void;
}

/** Plain text until the code that knows Markdown is there. */
export function createText(words: Words): TextView {
  const element = el('div', { class: 'item' });
  let prose: Prose | undefined;
  let shown: { readonly about: string; readonly sources: ShownSources } | undefined;
  let latest: { readonly item: ContentItem; readonly complete: boolean } | undefined;
  const update = (item: ContentItem, complete: boolean): void => {
    const first = latest === undefined;
    latest = { item, complete };
    const text = typeof item.text === 'string' ? item.text : '';
    const answers = answersNow();
    if (!answers) {
      element.replaceChildren(el('p', { class: 'plain-text', dir: 'auto' }, text));
      if (first) void loadAnswers().then(again, again);
      return;
    }
    if (!prose) {
      prose = answers.createProse(words);
      element.replaceChildren(prose.element);
    }
    const cited = complete && Array.isArray(item.search_results) && item.search_results.length > 0;
    const about = cited ? JSON.stringify([text, item.citations, item.search_results]) : '';
    if ((shown?.about ?? '') !== about) {
      shown = cited ? { about, sources: answers.createSources(item, text, words) } : undefined;
      element.replaceChildren(prose.element, ...(shown?.sources.list ?? []));
    }
    prose.update(shown?.sources.text ?? text, complete, shown?.sources.mark);
  };
  const again = (): void => {
    if (latest && answersNow()) update(latest.item, latest.complete);
  };
  return { element, update };
}
