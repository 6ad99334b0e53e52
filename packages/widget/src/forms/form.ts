import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { answered, displayText, formData, type Values } from './answer.ts';
import type { Form } from './fields.ts';
import { canUpload } from './files.ts';
import { type Question, question } from './question.ts';
import { heading, summary } from './summary.ts';
import { type Flaw, flawOf } from './validation.ts';

/** What was answered, for when the same item is rendered again. */
const answers = new WeakMap<ContentItem, Values | 'cancelled'>();
let made = 0;

/** The form to fill in while it is open, else what was answered. */
export function renderFields(item: ContentItem, form: Form, context: ItemContext): HTMLElement {
  const { words, client, hostUrl, signal } = context;
  const root = el('div', { class: 'form', tabindex: '-1' });
  const closed = (): void => {
    const stored = context.formAnswer();
    const answer = answers.get(item) ?? (stored && answered(form, stored));
    root.replaceChildren(summary(form, answer, { words, client, hostUrl }));
  };
  if (!context.open() || answers.has(item)) {
    closed();
    return root;
  }

  const id = `form-${++made}`;
  let strict = false;
  const questions = form.fields.map((field, index) =>
    question({ field, id: `${id}-${index}`, words, client, hostUrl, changed: () => strict && check() }),
  );
  const flaws = el('div', {
    class: 'form-flaws',
    tabindex: '-1',
    role: 'group',
    'aria-label': words.t('formFlaws'),
    hidden: true,
  });
  const submit = el('button', { type: 'submit', class: 'form-primary' }, form.submitText ?? words.t('submit'));
  const cancel =
    form.cancelText === undefined ? undefined : el('button', { type: 'button' }, form.cancelText || words.t('cancel'));
  const buttons = el('div', { class: 'form-buttons' }, submit, cancel);
  // A step of a flow without fields is answered by writing, like any question.
  const written = item.response_type === 'multiturn_form' && questions.length === 0;
  const group = el('fieldset', { class: 'form-all', 'aria-labelledby': form.title ? `${id}-title` : undefined });
  group.append(
    ...heading(form, `${id}-title`),
    flaws,
    ...questions.map(({ element }) => element),
    ...(written ? [] : [buttons]),
  );
  const element = el('form', { novalidate: true }, group);

  /** Shows what is wrong, at each field and above all of them; gives whether something is. */
  function check(): boolean {
    const wrong = questions.filter((one) => {
      const flaw = flawHere(one);
      one.complain(flaw);
      return flaw !== undefined;
    });
    flaws.hidden = wrong.length === 0;
    flaws.replaceChildren(...complaint(wrong));
    return wrong.length > 0;
  }
  const flawHere = ({ field, control }: Question): Flaw | undefined =>
    field.widget === 'upload' && !canUpload(client) ? undefined : flawOf(field, control.read());

  /** The reader may have said something else in the meantime. */
  const stillOpen = (): boolean => {
    const open = context.open();
    if (!open && element.isConnected) closed();
    return open;
  };
  const send = (operation: 'submit' | 'cancel', values: Values, display: string): void => {
    answers.set(item, operation === 'cancel' ? 'cancelled' : values);
    const data = operation === 'cancel' ? {} : formData(form, values);
    context.say({
      content: [{ response_type: 'form_operation', id: '1', form_operation: operation, form_data: data }],
      display,
    });
    closed();
    // The button that had the focus is gone.
    root.focus({ preventScroll: true });
  };

  const submitAll = async (): Promise<void> => {
    if (group.disabled || !stillOpen()) return;
    strict = true;
    if (check()) {
      flaws.focus();
      return;
    }
    const values: Record<string, unknown> = {};
    group.disabled = true;
    for (const one of questions) {
      try {
        values[one.field.name] = await (one.control.finish ? one.control.finish() : one.control.read());
      } catch {
        group.disabled = false;
        one.complain({ word: 'uploadFailed' });
        one.control.focus.focus();
        return;
      }
    }
    const display = displayText(form, values, words) || (form.submitText ?? words.t('submit'));
    send('submit', values, display);
  };

  const complaint = (wrong: readonly Question[]): Node[] => {
    const entries = wrong.map(({ field, control, flaw }) => {
      const link = el('button', { type: 'button' }, field.title);
      link.addEventListener('click', () => control.focus.focus());
      return el('li', {}, link, ' ', flaw());
    });
    return [el('p', {}, words.t('formFlaws')), el('ul', {}, ...entries)];
  };

  element.addEventListener('submit', (event) => {
    event.preventDefault();
    void submitAll();
  });
  element.addEventListener('input', () => strict && check(), { signal });
  element.addEventListener('focusin', stillOpen, { signal });
  root.addEventListener('clew:closed', stillOpen);
  cancel?.addEventListener('click', () => {
    if (stillOpen()) send('cancel', {}, cancel.textContent);
  });
  root.append(element);
  focusFirst(questions, root);
  return root;
}

/** `ui:autofocus`, but only for a reader who is in the chat already and is not writing. */
function focusFirst(questions: readonly Question[], root: HTMLElement): void {
  const first = questions.find(({ field }) => field.option('autofocus') === true);
  if (!first) return;
  queueMicrotask(() => {
    const place = root.getRootNode();
    const active = place instanceof ShadowRoot ? place.activeElement : undefined;
    const writing = active instanceof HTMLTextAreaElement && active.value !== '';
    if (active && !writing) first.control.focus.focus({ preventScroll: true });
  });
}
