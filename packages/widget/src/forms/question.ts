import { el } from '../dom/element.ts';
import { dayText } from '../locale/dates.ts';
import { isAsked } from './answer.ts';
import { comboboxControl } from './combobox.ts';
import { type Control, type ControlSource, GROUPED } from './control.ts';
import type { Field, Widget } from './fields.ts';
import { downloadControl, uploadControl } from './files.ts';
import {
  checkboxControl,
  checkboxesControl,
  dateControl,
  dateRangeControl,
  numberControl,
  radioControl,
  textareaControl,
  textControl,
} from './inputs.ts';
import { tableControl } from './table.ts';
import type { Flaw } from './validation.ts';

const CONTROLS: Readonly<Record<Widget, (source: ControlSource) => Control>> = {
  text: textControl,
  textarea: textareaControl,
  number: numberControl,
  radio: radioControl,
  checkbox: checkboxControl,
  checkboxes: checkboxesControl,
  combobox: comboboxControl,
  date: dateControl,
  dateRange: dateRangeControl,
  table: tableControl,
  upload: uploadControl,
  download: downloadControl,
};

/** A field on the screen. */
export interface Question {
  readonly field: Field;
  readonly control: Control;
  readonly element: HTMLElement;
  /** Says beside the field what is wrong, or takes it back. */
  complain(flaw: Flaw | undefined): void;
  /** What it says is wrong; empty when nothing is. */
  flaw(): string;
}

/** A field with its title, its description and a place for what is wrong. */
export function question(source: ControlSource): Question {
  const { field, id, words } = source;
  const control = CONTROLS[field.widget](source);
  const optional = isAsked(field) && !field.required && !field.readOnly && field.widget !== 'checkbox';
  const title: (Node | string)[] = [field.title];
  if (optional) title.push(' ', el('span', { class: 'form-optional' }, words.t('optional')));
  const description = field.description && el('p', { class: 'form-hint', id: `${id}-hint` }, field.description);
  const error = el('p', { class: 'form-wrong', id: `${id}-wrong`, hidden: true });

  const grouped = GROUPED.has(field.widget);
  const head = grouped
    ? el('legend', { class: 'form-label' }, ...title)
    : field.widget !== 'checkbox' && el('label', { class: 'form-label', for: id }, ...title);
  const element = el(
    grouped ? 'fieldset' : 'div',
    { class: 'form-field', 'data-widget': field.widget, role: field.widget === 'radio' ? 'radiogroup' : undefined },
    head,
    description || undefined,
    control.element,
    error,
  );
  if (field.widget === 'radio' && field.required) element.setAttribute('aria-required', 'true');

  const told = grouped ? element : control.focus;
  const describe = (wrong: boolean): void => {
    const ids = [description && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
    if (ids) told.setAttribute('aria-describedby', ids);
    else told.removeAttribute('aria-describedby');
    // Invalid are the boxes themselves: a group has no such state, except that of radio buttons.
    const boxes = field.widget === 'radio' ? [element] : element.querySelectorAll('input, textarea');
    for (const box of boxes) {
      if (wrong) box.setAttribute('aria-invalid', 'true');
      else box.removeAttribute('aria-invalid');
    }
  };
  describe(false);
  return {
    field,
    control,
    element,
    flaw: () => error.textContent,
    complain(flaw) {
      const values: Record<string, string | number> = {};
      for (const [name, value] of Object.entries(flaw?.values ?? {}))
        values[name] = typeof value === 'number' ? value.toLocaleString(words.locale) : dayText(value, words.locale);
      const sentence = flaw ? words.t(flaw.word, values) : '';
      if (sentence === error.textContent) return;
      error.textContent = sentence;
      error.hidden = !flaw;
      element.classList.toggle('form-invalid', flaw !== undefined);
      describe(flaw !== undefined);
    },
  };
}
