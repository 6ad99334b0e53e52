import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Control, ControlSource } from './control.ts';
import { type Choice, text } from './fields.ts';

/** So many matches are shown; who wants another writes more of it. */
const MOST = 100;

/** One of many, by writing a part of it: an editable combobox with a list, as the ARIA Authoring Practices describe it. */
export function comboboxControl({ field, id, words, changed }: ControlSource): Control {
  const input = el('input', {
    id,
    class: 'form-input',
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    required: field.required,
    readonly: field.readOnly,
    placeholder: text(field.option('placeholder')) || words.t('choose'),
    'aria-autocomplete': 'list',
    'aria-controls': `${id}-list`,
    'aria-expanded': 'false',
  });
  const list = el('div', {
    id: `${id}-list`,
    class: 'form-list',
    role: 'listbox',
    'aria-label': field.title,
    hidden: true,
  });
  const none = el('p', { class: 'form-none', role: 'status', hidden: true }, words.t('noMatches'));
  const arrow = el('span', { class: 'form-arrow', 'aria-hidden': 'true' }, drawing('M6 9l6 6 6-6'));
  const element = el('div', { class: 'form-combobox' }, el('div', { class: 'form-arrowed' }, input, arrow), list, none);

  let shown: readonly Choice[] = [];
  let active = -1;
  const chosen = () =>
    field.choices.find(({ label }) => label === input.value) ??
    field.choices.find(({ label }) => same(label, input.value));
  input.value = field.choices.find(({ value }) => value === field.value)?.label ?? '';

  const mark = (index: number): void => {
    active = index;
    for (const [at, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(at === index));
    const option = list.children[index];
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
    if (option instanceof HTMLElement) reveal(option, list);
  };
  /** The pointer went down outside and is not up again. */
  let held = false;
  let watching: AbortController | undefined;
  const watch = (): void => {
    watching ??= new AbortController();
    const { signal } = watching;
    const inside = (event: Event) => event.composedPath().includes(element);
    addEventListener('pointerdown', (event) => (held = !inside(event)), { signal, capture: true });
    for (const end of ['pointerup', 'pointercancel'])
      addEventListener(end, () => held && setTimeout(close), { signal, capture: true });
  };
  const close = (): void => {
    watching?.abort();
    watching = undefined;
    held = false;
    list.hidden = true;
    none.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    mark(-1);
  };
  const open = (all: boolean): void => {
    if (field.readOnly) return;
    if (!watching) watch();
    const part = input.value.trim().toLocaleLowerCase();
    shown = field.choices.filter(({ label }) => all || label.toLocaleLowerCase().includes(part)).slice(0, MOST);
    list.replaceChildren(
      ...shown.map(({ label }, index) =>
        el('div', { role: 'option', id: `${id}-${index}`, 'aria-selected': 'false' }, label),
      ),
    );
    list.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    input.setAttribute('aria-expanded', String(shown.length > 0));
    mark(all ? shown.findIndex(({ label }) => same(label, input.value)) : -1);
  };
  const choose = (index: number): void => {
    const choice = shown[index];
    if (!choice) return;
    input.value = choice.label;
    close();
    changed();
  };
  const move = (by: number): void => {
    const closed = list.hidden;
    if (closed) open(chosen() !== undefined || input.value === '');
    if (shown.length === 0) return;
    if (!closed || active < 0) mark((active + by + shown.length + (active < 0 && by < 0 ? 1 : 0)) % shown.length);
  };

  input.addEventListener('input', () => open(false));
  input.addEventListener('click', () => (list.hidden ? open(true) : close()));
  // Not while a button is being pressed: what stands below would move away from under the pointer, and the click be lost.
  input.addEventListener('blur', () => held || close());
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && !list.hidden) {
      if (active >= 0) choose(active);
      else close();
    } else if (event.key === 'Escape' && !(list.hidden && none.hidden)) {
      // The chat around it would close.
      event.stopPropagation();
      close();
    } else return;
    event.preventDefault();
  });
  // Keeps the focus, and with it the list, until the click has chosen.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => {
    if (target instanceof Element) choose([...list.children].indexOf(target));
  });
  arrow.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    input.focus();
    if (list.hidden) open(true);
    else close();
  });
  // What matches nothing is kept as it was written, to be refused by the validation.
  return { element, focus: input, read: () => chosen()?.value ?? (input.value.trim() || undefined) };
}

function same(a: string, b: string): boolean {
  return a.trim().toLocaleLowerCase() === b.trim().toLocaleLowerCase();
}

/** Scrolls the list alone, where `scrollIntoView` would move the page as well. */
function reveal(option: HTMLElement, list: HTMLElement): void {
  const [top, bottom] = [option.offsetTop, option.offsetTop + option.offsetHeight];
  if (top < list.scrollTop) list.scrollTop = top;
  else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}
