import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import type { RenderMark } from '../markdown/inline.ts';
import { type Source, type Sources, sourcesOf } from './citations.ts';
import { insertMarks } from './insert-marks.ts';
import { openCard } from './source-card.ts';

/** The sources of an item: its text with their marks, what these become, and the list below it. */
export interface ShownSources {
  readonly text: string;
  /** Undefined: no mark stands in the text. */
  readonly mark: RenderMark | undefined;
  readonly list: readonly Node[];
}

export function createSources(item: ContentItem, text: string, words: Words): ShownSources {
  const sources = sourcesOf(item, text.length);
  const marked = sources.marks.length > 0;
  return {
    text: marked ? insertMarks(text, sources.marks) : text,
    mark: marked ? marker(sources, words) : undefined,
    list: list(sources, words),
  };
}

function marker({ sources, cited }: Sources, words: Words): RenderMark {
  const begins = new Map<number, Comment>();
  return (mark) => {
    if (mark < 0) {
      const begin = document.createComment('');
      begins.set(-mark, begin);
      return begin;
    }
    const about = cited[mark - 1];
    const source = about && sources[about.source];
    if (!source) return new Text('');
    const number = about.source + 1;
    const anchor = cardButton({
      source,
      number,
      snippet: about.snippet,
      words,
      range: () => rangeOf(begins.get(mark), anchor),
    });
    anchor.className = 'mark';
    anchor.append(String(number));
    anchor.setAttribute('aria-label', words.t('source', { number }));
    return anchor;
  };
}

function list({ sources, heading }: Sources, words: Words): Node[] {
  if (sources.length === 0) return [];
  const title = heading || words.t('sources');
  const entries = sources.map((source, index) => {
    const number = index + 1;
    const button = cardButton({ source, number, snippet: source.snippet, words, range: () => undefined });
    button.append(
      el('span', { class: 'number' }, String(number)),
      el('span', { class: 'name' }, source.title),
      el('span', { class: 'place', dir: 'ltr' }, source.place === source.title ? '' : source.place),
    );
    return el('li', {}, button);
  });
  // Firefox would stop with Tab at a list that scrolls, beside its entries.
  return [
    el(
      'section',
      { class: 'sources', 'aria-label': title },
      el('p', {}, title),
      el('ol', { tabindex: '-1' }, ...entries),
    ),
  ];
}

interface Opens {
  readonly source: Source;
  readonly number: number;
  readonly snippet: string;
  readonly words: Words;
  range(): Range | undefined;
}

function cardButton({ range, ...card }: Opens): HTMLButtonElement {
  const anchor = el('button', { type: 'button', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' });
  anchor.addEventListener('click', () => openCard({ ...card, anchor, range: range() }));
  return anchor;
}

function rangeOf(begin: Comment | undefined, end: Node): Range | undefined {
  if (!begin?.isConnected) return undefined;
  const range = document.createRange();
  range.setStartAfter(begin);
  range.setEndBefore(end);
  return range;
}
