import type { Thread } from '@clew/wire/client';
import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import { timeText } from './times.ts';

export interface EntrySource {
  readonly thread: Thread;
  readonly words: Words;
  readonly current: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly open: () => void;
  /** Resolves when it is gone; rejects when it could not be deleted. */
  readonly remove: () => Promise<void>;
}

export function titleOf({ title }: Thread, words: Words): string {
  return title.trim() || words.t('untitled');
}

/** One conversation: a button that opens it and one that deletes it, after a question in the same place. */
export function entry({ thread, words, current, now, open, remove }: EntrySource): HTMLLIElement {
  const title = titleOf(thread, words);
  const at = Date.parse(thread.updated_at);
  const time = el('time', { datetime: thread.updated_at }, Number.isNaN(at) ? '' : timeText(at, now, words.locale));
  const button = el(
    'button',
    { type: 'button', class: 'threads-open', title, 'aria-current': current ? 'true' : undefined },
    el('span', { class: 'threads-title' }, title),
    time,
  );
  const bin = el(
    'button',
    { type: 'button', class: 'threads-bin', 'aria-label': words.t('deleteConversation', { title }) },
    drawing('M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.500 11v4.500M13.500 11v4.500'),
  );
  const line = el('li', { 'data-id': thread.id }, button, bin);
  const ask = (): void => {
    const yes = el('button', { type: 'button', class: 'threads-delete' }, words.t('delete'));
    const no = el('button', { type: 'button' }, words.t('cancel'));
    const question = el('span', { class: 'threads-title' }, words.t('askDelete'));
    const asking = el(
      'div',
      { class: 'threads-ask', role: 'group', 'aria-label': `${words.t('askDelete')} ${title}` },
      question,
      no,
      yes,
    );
    const keep = (): void => {
      line.replaceChildren(button, bin);
      bin.focus();
    };
    no.addEventListener('click', keep);
    asking.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      // The chat around it would close.
      event.stopPropagation();
      keep();
    });
    yes.addEventListener('click', () => {
      yes.disabled = true;
      void remove().catch(() => {
        question.textContent = words.t('notDeleted');
        question.setAttribute('role', 'alert');
        yes.disabled = false;
      });
    });
    line.replaceChildren(asking);
    no.focus();
  };
  button.addEventListener('click', open);
  bin.addEventListener('click', ask);
  return line;
}
