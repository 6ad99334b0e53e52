import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { ItemContext, ItemRenderer } from '../items/context.ts';
import { safeAddress } from '../markdown/address.ts';
import { renderLine } from '../markdown/render.ts';

interface Choice {
  readonly label: string;
  readonly text: string;
}

/** Up to this many stand as buttons, unless the agent wants a list. */
const MOST_BUTTONS = 10;

/** `option` and `suggestion`: one of several answers. */
export const renderChoices: ItemRenderer = (item, context) => {
  const choices = choicesOf(item.options ?? item.suggestions);
  if (choices.length === 0) throw new Error('A choice needs options.');
  const title = typeof item.title === 'string' ? item.title : typeof item.text === 'string' ? item.text : '';
  const description = typeof item.description === 'string' ? item.description : '';
  const asList = item.preference === 'dropdown' || choices.length > MOST_BUTTONS;
  const group = el('div', { class: 'choices', role: 'group', 'aria-label': title || context.words.t('choose') });
  if (title) group.append(el('p', { class: 'choices-title', dir: 'auto' }, ...renderLine(title)));
  if (description) group.append(el('p', { class: 'note', dir: 'auto' }, ...renderLine(description)));
  group.append(asList ? dropdown(choices, context) : buttons(choices, context));
  return untilAnswered(group, context);
};

/** `button`: says something, opens a page, or tells the page around the chat. */
export const renderButton: ItemRenderer = (item, context) => {
  const label = String(item.label ?? item.text ?? context.words.t('choose'));
  const look = { class: item.kind === 'primary' || item.kind === undefined ? 'plain strong' : 'plain' };
  if (item.button_type === 'url') {
    const address = typeof item.url === 'string' ? safeAddress(item.url) : undefined;
    if (!address) throw new Error('The button leads nowhere.');
    const link = el(
      'a',
      { ...look, href: address, target: '_blank', rel: 'noopener noreferrer' },
      label,
      iconNode('out'),
    );
    return el('div', { class: 'choices' }, link);
  }
  const button = el('button', { ...look, type: 'button' }, label);
  const group = el('div', { class: 'choices' }, button);
  if (item.button_type === 'custom_event' || item.button_type === 'show_panel') {
    button.addEventListener('click', () => {
      void context.bus.fire('customEvent', { customEventType: 'buttonItemClicked', item, message: context.message() });
    });
    return group;
  }
  button.addEventListener('click', () => context.say({ content: spoken(item.value) || label, display: label }));
  return untilAnswered(group, context);
};

function buttons(choices: readonly Choice[], context: ItemContext): HTMLElement {
  const all = choices.map(({ label, text }) => {
    const button = el('button', { type: 'button', class: 'chip', dir: 'auto' }, label);
    button.addEventListener('click', () => {
      button.dataset.chosen = '';
      context.say({ content: text, display: label });
    });
    return button;
  });
  return el('div', { class: 'chips' }, ...all);
}

function dropdown(choices: readonly Choice[], context: ItemContext): HTMLElement {
  const { words } = context;
  const hint = el('option', { value: '' }, words.t('choose'));
  const options = choices.map(({ label }, index) => el('option', { value: String(index) }, label));
  const select = el('select', { 'aria-label': words.t('choose') }, hint, ...options);
  const send = el('button', { type: 'button', class: 'plain strong', disabled: true }, words.t('send'));
  select.addEventListener('change', () => {
    send.disabled = select.value === '';
  });
  send.addEventListener('click', () => {
    const choice = choices[Number(select.value)];
    if (select.value !== '' && choice) context.say({ content: choice.text, display: choice.label });
  });
  return el('div', { class: 'chips' }, select, send);
}

/** Takes the controls away once something else was said. */
function untilAnswered(group: HTMLElement, context: ItemContext): HTMLElement {
  const close = (): void => {
    for (const control of group.querySelectorAll<HTMLButtonElement | HTMLSelectElement>('button,select'))
      control.disabled = true;
  };
  if (context.open()) group.addEventListener('clew:closed', close, { signal: context.signal });
  else close();
  return group;
}

function choicesOf(list: unknown): Choice[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const { label, value } = Object(entry) as Record<string, unknown>;
    const name = typeof entry === 'string' ? entry : String(label ?? spoken(value));
    return name === '' ? [] : [{ label: name, text: spoken(value) || name }];
  });
}

/** `{input:{text}}`, as the sibling protocols have it, or the text alone. */
function spoken(value: unknown): string {
  if (typeof value === 'string') return value;
  const { input, text } = Object(value) as { input?: unknown; text?: unknown };
  const said = (Object(input) as { text?: unknown }).text ?? text;
  return typeof said === 'string' ? said : '';
}
