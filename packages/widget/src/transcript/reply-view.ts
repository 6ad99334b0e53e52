import type { Reply } from '../conversation/state.ts';
import { el, icon } from '../dom/element.ts';
import { insertMarks } from '../markdown/marks.ts';
import { renderMarkdown } from '../markdown/render.ts';
import type { Answer, Said, Step } from './answer.ts';
import type { Item, Source } from './item.ts';

/** Shows one reply and follows its changes. */
export class ReplyView {
  readonly node: HTMLElement;
  readonly #steps = el('div', { class: 'steps' });
  readonly #body = el('div', { class: 'body' });
  readonly #end = el('div', { class: 'end' });
  readonly #retry: () => void;
  #shown: Answer | undefined;

  constructor(reply: Reply, retry: () => void) {
    this.#retry = retry;
    this.node = el(
      'article',
      { class: 'reply', 'aria-label': reply.agent || 'Answer' },
      this.#steps,
      this.#body,
      this.#end,
    );
  }

  update({ answer }: Reply): void {
    const before = this.#shown;
    this.#shown = answer;
    this.node.setAttribute('aria-busy', String(answer.phase === 'working'));
    if (answer.steps !== before?.steps) this.#steps.replaceChildren(...steps(answer.steps));
    if (answer.messages !== before?.messages) this.#showMessages(answer.messages);
    const { phase, activity, problem, messages } = answer;
    const spoken = messages.length > 0;
    if (
      phase !== before?.phase ||
      activity !== before.activity ||
      problem !== before.problem ||
      spoken !== before.messages.length > 0
    ) {
      this.#end.replaceChildren(...this.#ending(answer));
    }
  }

  #showMessages(messages: readonly Said[]): void {
    const items = messages.flatMap((said) => said.items);
    items.forEach((item, index) => {
      const shown = this.#body.children[index] as HTMLElement | undefined;
      const node = this.#show(item, shown);
      if (!shown) this.#body.append(node);
      else if (shown !== node) shown.replaceWith(node);
    });
    while (this.#body.children.length > items.length) this.#body.lastElementChild?.remove();
  }

  /** The node of an item: the one that is shown, if it can go on to show it. */
  #show(item: Item, shown: HTMLElement | undefined): HTMLElement {
    if (item.kind === 'link')
      return el('p', {}, el('a', { href: item.address, target: '_blank', rel: 'noopener noreferrer' }, item.label));
    if (item.kind === 'note') return el('p', { class: 'note' }, item.text);
    const node = shown?.classList.contains('item')
      ? shown
      : el('div', { class: 'item' }, el('div', { class: 'prose' }));
    const prose = node.firstElementChild as HTMLElement;
    if (item.kind === 'text') {
      renderMarkdown(prose, item.text);
      prose.nextElementSibling?.remove();
      return node;
    }
    const list = el('ol', {}, ...item.sources.map(sourceEntry));
    renderMarkdown(prose, insertMarks(item.text, item.marks), (source) => mark(source, list));
    prose.nextElementSibling?.remove();
    if (item.sources.length > 0) {
      node.append(el('section', { class: 'sources', 'aria-label': item.heading }, el('h3', {}, item.heading), list));
    }
    return node;
  }

  #ending({ phase, activity, problem }: Answer): Node[] {
    if (phase === 'working') return [working(activity, this.#body.childElementCount > 0)];
    if (phase === 'stopped') return [el('p', { class: 'note' }, 'Stopped.')];
    if (phase === 'done') return [];
    const again = el('button', { type: 'button', class: 'plain' }, 'Try again');
    again.addEventListener('click', this.#retry);
    return [
      el(
        'div',
        { class: 'problem', role: 'alert' },
        icon('alert'),
        el('p', {}, problem ?? 'Something went wrong.'),
        again,
      ),
    ];
  }
}

/** What the agent does, or that it speaks on. */
function working(activity: string, speaking: boolean): Node {
  return el('p', { class: 'working' }, activity || (speaking ? '' : 'Thinking…'));
}

/** What was done on the way, as one quiet line that opens. */
function steps(all: readonly Step[]): Node[] {
  if (all.length === 0) return [];
  const [first] = all;
  const label = all.length === 1 ? (first?.title ?? '') : `${all.length} steps`;
  const list = all.map(({ title, input, output }) =>
    el(
      'li',
      {},
      all.length > 1 && el('span', {}, title),
      input !== '' && el('pre', { tabindex: '0' }, input),
      output !== undefined && output !== '' && el('pre', { tabindex: '0', class: 'output' }, output),
    ),
  );
  return [el('details', {}, el('summary', {}, label), el('ol', {}, ...list))];
}

function sourceEntry({ title, snippet, address, place }: Source): HTMLElement {
  const name = address
    ? el('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, title)
    : el('span', { class: 'name' }, title);
  return el(
    'li',
    { tabindex: '-1' },
    name,
    snippet !== '' && el('p', { class: 'snippet' }, snippet),
    place !== '' && place !== title && el('p', { class: 'place' }, place),
  );
}

/** The number of a source in the text: leads to its entry, and not by the address of the page, which names the thread. */
function mark(source: number, list: HTMLElement): Node {
  const button = el('button', { type: 'button', class: 'mark', 'aria-label': `Source ${source}` }, String(source));
  button.addEventListener('click', () => (list.children[source - 1] as HTMLElement | undefined)?.focus());
  return button;
}
