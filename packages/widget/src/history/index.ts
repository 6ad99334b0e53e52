import type { Client, Thread } from '@clew/wire/client';
import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';
import { adoptFor } from '../theme/adopt.ts';
import { entry, titleOf } from './entry.ts';
import css from './history.css';
import { groupOf } from './times.ts';

/** So many conversations are read at once. */
const PAGE = 20;

export interface ThreadListDeps {
  readonly client: Pick<Client, 'listThreads' | 'deleteThread'>;
  readonly words: Words;
  /** Whose conversations; undefined: everybody's. */
  readonly agentId: string | undefined;
  /** The conversation that is open. */
  readonly threadId: string | undefined;
  /** The reader wants to see this one. */
  onOpen(threadId: string): void;
  /** The reader wants a new one, or has deleted the one that is open. */
  onNew(): void;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

export interface ThreadList {
  readonly element: HTMLElement;
  /** Marks the conversation that is open; one that is not in the list yet makes it read the newest again. */
  update(change: { readonly threadId: string | undefined }): void;
  /** Stops all that is on its way. Whoever put the element in its place takes it away. */
  destroy(): void;
}

/** The reader's conversations, newest first, by day; more are read as the list is scrolled. */
export function createThreadList({
  client,
  words,
  agentId,
  threadId,
  onOpen,
  onNew,
  now = Date.now,
}: ThreadListDeps): ThreadList {
  const ended = new AbortController();
  const { signal } = ended;
  let current = threadId;
  let threads: Thread[] = [];
  let total = 0;
  let reading = false;
  let failed = false;
  /** The newest are to be read once more. */
  let again = false;

  const fresh = el('button', { type: 'button', class: 'threads-new' }, drawing('M12 5v14M5 12h14'), words.t('newChat'));
  const search = el('input', {
    type: 'search',
    class: 'threads-search',
    placeholder: words.t('searchConversations'),
    'aria-label': words.t('searchConversations'),
  });
  const list = el('div', { class: 'threads-list' });
  const note = el('p', { class: 'threads-note', role: 'status' });
  const more = el('button', { type: 'button', class: 'threads-more', hidden: true });
  const scroller = el('div', { class: 'threads-scroll' }, list, note, more);
  const element = el(
    'nav',
    { class: 'threads', 'aria-label': words.t('conversations') },
    el('div', { class: 'threads-top' }, fresh, search),
    scroller,
  );

  const seen = new IntersectionObserver(
    (entries) => {
      // While something is looked for, going on is the reader's decision: it might read everything.
      if (entries.some(({ isIntersecting }) => isIntersecting) && !failed && search.value.trim() === '') void read();
    },
    { root: scroller, rootMargin: '120px' },
  );

  /** Reads the next page, or the first one anew. */
  async function read(anew = false): Promise<void> {
    if (reading) {
      again ||= anew;
      return;
    }
    reading = true;
    failed = false;
    show();
    try {
      const page = await client.listThreads(
        { limit: PAGE, offset: anew ? 0 : threads.length, ...(agentId === undefined ? {} : { agentId }) },
        { signal },
      );
      total = page.data.length === 0 ? threads.length : page.total;
      const known = new Set(page.data.map(({ id }) => id));
      // Newer conversations push older ones to the next page, where they come a second time.
      const rest = threads.filter(({ id }) => !known.has(id));
      threads = anew ? [...page.data, ...rest] : [...rest, ...page.data];
    } catch {
      if (signal.aborted) return;
      failed = true;
    }
    reading = false;
    show();
    if (again) {
      again = false;
      await read(true);
    }
  }

  async function remove(thread: Thread): Promise<void> {
    await client.deleteThread(thread.id, { signal });
    const lines = [...list.querySelectorAll('li')];
    const at = lines.findIndex(({ dataset }) => dataset.id === thread.id);
    threads = threads.filter(({ id }) => id !== thread.id);
    total -= 1;
    const next = (lines[at + 1] ?? lines[at - 1])?.dataset.id;
    show();
    (list.querySelector<HTMLElement>(next ? `[data-id="${CSS.escape(next)}"] button` : 'button') ?? fresh).focus();
    if (thread.id === current) onNew();
  }

  function show(): void {
    const part = search.value.trim().toLocaleLowerCase(words.locale);
    const found = threads.filter((thread) => titleOf(thread, words).toLocaleLowerCase(words.locale).includes(part));
    const time = now();
    const sections = (['today', 'yesterday', 'earlier'] as const).flatMap((group) => {
      const inside = found.filter(({ updated_at }) => groupOf(Date.parse(updated_at), time) === group);
      if (inside.length === 0) return [];
      const lines = inside.map((thread) =>
        entry({
          thread,
          words,
          current: thread.id === current,
          now: time,
          open: () => onOpen(thread.id),
          remove: () => remove(thread),
        }),
      );
      return [el('h3', {}, words.t(group)), el('ul', {}, ...lines)];
    });
    const focused = focusedId();
    list.replaceChildren(...sections);
    if (focused) list.querySelector<HTMLElement>(`[data-id="${CSS.escape(focused)}"] button`)?.focus();

    scroller.setAttribute('aria-busy', String(reading));
    note.textContent = said(found.length, part !== '');
    more.hidden = reading || (!failed && threads.length >= total);
    more.textContent = words.t(failed ? 'tryAgain' : 'loadMore');
    // Told anew when it is still in sight, since the observer reports only changes.
    seen.unobserve(more);
    if (!more.hidden) seen.observe(more);
  }

  function said(found: number, looking: boolean): string {
    if (failed) return words.t('conversationsNotLoaded');
    if (reading) return threads.length === 0 ? words.t('loading') : '';
    if (found > 0) return '';
    return words.t(looking ? 'noMatches' : 'noConversations');
  }

  function focusedId(): string | undefined {
    const root = list.getRootNode();
    const active = root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
    return active && list.contains(active) ? active.closest('li')?.dataset.id : undefined;
  }

  fresh.addEventListener('click', onNew);
  search.addEventListener('input', show);
  more.addEventListener('click', () => void read());
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll<HTMLElement>('.threads-open')];
    const line = event.target instanceof Element ? event.target.closest('li') : null;
    const at = buttons.findIndex((button) => button.parentElement === line);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const button = to === undefined || at < 0 ? undefined : buttons[to];
    if (!button) return;
    event.preventDefault();
    button.focus();
  });
  void read();
  adoptFor(element, css);

  return {
    element,
    update({ threadId: id }) {
      if (id === current) return;
      current = id;
      show();
      if (id !== undefined && !threads.some((thread) => thread.id === id)) void read(true);
    },
    destroy() {
      ended.abort();
      seen.disconnect();
    },
  };
}
