import { el } from '../dom/element.ts';
import { isAsked, type Values, valueText } from './answer.ts';
import type { ControlSource } from './control.ts';
import type { Form } from './fields.ts';
import { question } from './question.ts';
import { isEmpty } from './validation.ts';

/**
 * A form that cannot be filled in any more: what was answered, else what it came with. Tables to read and files to fetch stay
 * what they are.
 */
export function summary(
  form: Form,
  answer: Values | 'cancelled' | undefined,
  source: Pick<ControlSource, 'words' | 'client' | 'hostUrl'>,
): HTMLElement {
  const { words } = source;
  const kept = form.fields
    .filter((field) => !isAsked(field))
    .map((field) => question({ ...source, field, id: `form-${++shown}`, changed: () => undefined }).element);
  const answerTo = (name: string, given: unknown) =>
    answer === 'cancelled' ? undefined : answer ? answer[name] : given;
  const rows = form.fields.flatMap((field) => {
    const value = answerTo(field.name, field.widget === 'table' ? undefined : field.value);
    if (!isAsked(field) || isEmpty(value)) return [];
    return [el('div', {}, el('dt', {}, field.title), el('dd', {}, valueText(field, value, words)))];
  });
  const state = words.t(answer === 'cancelled' ? 'formCancelled' : answer ? 'formSent' : 'formClosed');
  return el(
    'div',
    { class: 'form-all form-closed' },
    ...heading(form),
    ...kept,
    rows.length > 0 && el('dl', { class: 'form-values' }, ...rows),
    el('p', { class: 'form-state' }, state),
  );
}

/** Title and description of a form. */
export function heading({ title, description }: Form, id?: string): Node[] {
  return [
    ...(title ? [el('p', { class: 'form-title', id }, title)] : []),
    ...(description ? [el('p', { class: 'form-description' }, description)] : []),
  ];
}

let shown = 0;
