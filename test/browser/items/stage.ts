import type { Client, ContentItem, Thread } from '@clew/wire/client';
import { renderForm } from '../../../packages/widget/src/forms/index.ts';
import { highlight } from '../../../packages/widget/src/highlight/index.ts';
import { createThreadList, type ThreadList } from '../../../packages/widget/src/history/index.ts';
import type { ItemContext, ItemSay } from '../../../packages/widget/src/items/context.ts';
import { ENGLISH } from '../../../packages/widget/src/locale/words.ts';
import { renderRich } from '../../../packages/widget/src/rich/index.ts';
import stageCss from './stage.css';

const RICH = ['image', 'video', 'audio', 'iframe', 'date', 'card', 'carousel', 'grid'];
const FORMS = ['forms', 'form', 'multiturn_form', 'user_input'];

export interface StageOfItems {
  readonly said: ItemSay[];
  /** Threads that were opened, `new` and `delete <id>`. */
  readonly visited: string[];
  open: boolean;
  /** What was said after the items before this visit. */
  answered: ContentItem | undefined;
  /** Files that were sent, once `uploads` is set. */
  uploads: boolean;
  show(...items: object[]): void;
  code(language: string, text: string): void;
  threads(options: { total: number; now: number; failing?: boolean }): void;
  list: ThreadList | undefined;
  failing: boolean;
}

declare global {
  var stage: StageOfItems;
}

const host = document.body.appendChild(document.createElement('div'));
const root = host.attachShadow({ mode: 'open' });
const sheet = new CSSStyleSheet();
sheet.replaceSync(stageCss);
root.adoptedStyleSheets = [sheet];
const place = root.appendChild(document.createElement('main'));

const context = (): ItemContext => ({
  words: { ...ENGLISH, locale: navigator.language },
  bus: undefined as unknown as ItemContext['bus'],
  client: (globalThis.stage.uploads
    ? {
        upload: async (files: File[]) =>
          files.map(({ name, size }) => ({ fileName: name, url: `/files/${name}`, size })),
      }
    : {}) as Client,
  hostUrl: location.origin,
  message: () => ({ id: 'm', content: [], message_state: null }),
  open: () => globalThis.stage.open,
  formAnswer: () => globalThis.stage.answered,
  say: (say) => void globalThis.stage.said.push(say),
  render,
  hostElement: () => ({ slot: document.createElement('div'), host: document.createElement('div') }),
  signal: new AbortController().signal,
});

function render(item: ContentItem): HTMLElement {
  if (RICH.includes(item.response_type)) return renderRich(item, context());
  if (FORMS.includes(item.response_type)) return renderForm(item, context());
  const element = document.createElement(item.response_type === 'button' ? 'button' : 'p');
  element.textContent = String(item.text ?? item.label);
  return element;
}

globalThis.stage = {
  said: [],
  visited: [],
  open: true,
  answered: undefined,
  uploads: false,
  failing: false,
  list: undefined,
  show: (...items) =>
    place.replaceChildren(
      ...items.map((item, index) => {
        try {
          return render({ id: String(index), ...item } as ContentItem);
        } catch (error) {
          return Object.assign(document.createElement('p'), { className: 'broken', textContent: String(error) });
        }
      }),
    ),
  code(language, text) {
    const pre = document.createElement('pre');
    const code = pre.appendChild(document.createElement('code'));
    code.textContent = text;
    place.append(pre);
    highlight(code, language);
  },
  threads({ total, now, failing = false }) {
    globalThis.stage.failing = failing;
    let all = Array.from({ length: total }, (_, n) => {
      const updated_at = new Date(now - n * 5 * 3_600_000).toISOString();
      return { id: `t${n}`, title: n === 3 ? '' : `Conversation ${n}`, updated_at } as Thread;
    });
    const list = createThreadList({
      client: {
        listThreads: async ({ limit = 20, offset = 0 } = {}) => {
          if (globalThis.stage.failing) throw new Error('away');
          return { data: all.slice(offset, offset + limit), total: all.length, limit, offset };
        },
        deleteThread: async (id) => {
          if (globalThis.stage.failing) throw new Error('away');
          all = all.filter((thread) => thread.id !== id);
          globalThis.stage.visited.push(`delete ${id}`);
        },
      },
      words: ENGLISH,
      agentId: undefined,
      threadId: 't1',
      onOpen: (id) => globalThis.stage.visited.push(id),
      onNew: () => globalThis.stage.visited.push('new'),
      now: () => now,
    });
    globalThis.stage.list = list;
    place.classList.add('side');
    place.replaceChildren(list.element);
  },
};
