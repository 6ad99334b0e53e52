import { el } from '../dom/element.ts';
import { rangeOf } from './answer.ts';
import type { Control, ControlSource } from './control.ts';
import { type Field, numberIn, text } from './fields.ts';
import { isEmpty } from './validation.ts';

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** A line of text. */
export function textControl({ field, id }: ControlSource): Control {
  const { format } = field.schema;
  const type = format === 'email' ? 'email' : format === 'uri' || format === 'url' ? 'url' : 'text';
  const input = el('input', { ...shared(field, id), type, autocomplete: type === 'email' ? 'email' : undefined });
  input.value = plain(field.value);
  return { element: input, focus: input, read: () => input.value.trim() || undefined };
}

export function textareaControl({ field, id }: ControlSource): Control {
  const rows = Number(field.option('rows')) || 3;
  const area = el('textarea', { ...shared(field, id), rows: String(Math.min(Math.max(rows, 2), 12)) });
  area.value = plain(field.value);
  return { element: area, focus: area, read: () => area.value.trim() || undefined };
}

/** A number with buttons for one step up and down, which the arrow keys do as well. */
export function numberControl({ field, id, words, changed }: ControlSource): Control {
  const { schema } = field;
  const step = numberIn(schema, 'multipleOf') ?? (schema.type === 'integer' ? 1 : undefined);
  const [min, max] = [numberIn(schema, 'minimum'), numberIn(schema, 'maximum')];
  const input = el('input', {
    ...shared(field, id),
    type: 'number',
    inputmode: schema.type === 'integer' && (min ?? -1) >= 0 ? 'numeric' : 'decimal',
    step: step === undefined ? 'any' : String(step),
    min: min?.toString(),
    max: max?.toString(),
  });
  input.value = typeof field.value === 'number' ? String(field.value) : '';
  const turn = (sign: '−' | '+', label: string, move: () => void): HTMLElement => {
    const button = el(
      'button',
      { type: 'button', tabindex: '-1', disabled: field.readOnly, 'aria-label': label },
      sign,
    );
    button.addEventListener('click', () => {
      move();
      changed();
    });
    return button;
  };
  const element = el(
    'div',
    { class: 'form-number' },
    input,
    turn('−', `${words.t('decrease')}: ${field.title}`, () => input.stepDown()),
    turn('+', `${words.t('increase')}: ${field.title}`, () => input.stepUp()),
  );
  const read = (): unknown => {
    if (input.validity.badInput) return Number.NaN;
    return input.value === '' ? undefined : input.valueAsNumber;
  };
  return { element, focus: input, read };
}

export function dateControl({ field, id }: ControlSource): Control {
  const input = dateInput(field, { id });
  input.value = plain(field.value);
  return { element: input, focus: input, read: () => input.value || undefined };
}

/** Two days; the value is `[start, end]`, undefined while both are missing. */
export function dateRangeControl({ field, id, words }: ControlSource): Control {
  const given = rangeOf(field.value);
  const [start, end] = [dateInput(field, { id }), dateInput(field, { id: `${id}-end` })];
  [start.value, end.value] = given;
  const ends = [
    { input: start, label: text(field.option('start_label')) || words.t('startDate') },
    { input: end, label: text(field.option('end_label')) || words.t('endDate') },
  ];
  const element = el(
    'div',
    { class: 'form-range' },
    ...ends.map(({ input, label }) => el('label', { for: input.id }, el('span', {}, label), input)),
  );
  const read = (): unknown => {
    const days = [start.value, end.value];
    return isEmpty(days) ? undefined : days;
  };
  return { element, focus: start, read };
}

/** One box; it is always answered, by yes or by no. */
export function checkboxControl({ field, id, words }: ControlSource): Control {
  const box = el('input', { type: 'checkbox', id, disabled: field.readOnly, checked: field.value === true });
  const element = el('label', { class: 'form-choice' }, box, el('span', {}, field.title));
  // Labels that say more than yes and no would be lost on a box.
  const own = field.choices.find(({ value }) => value === true)?.label;
  if (own && !['yes', words.t('yes').toLowerCase()].includes(own.toLowerCase())) element.append(el('small', {}, own));
  return { element, focus: box, read: () => box.checked };
}

/** One of a few. */
export function radioControl({ field, id }: ControlSource): Control {
  const { boxes, element } = choices(field, id, 'radio');
  const read = () => field.choices.find((_, index) => boxes[index]?.checked)?.value;
  return { element, focus: boxes.find(({ checked }) => checked) ?? boxes[0] ?? element, read };
}

/** Any of a few. */
export function checkboxesControl({ field, id }: ControlSource): Control {
  const { boxes, element } = choices(field, id, 'checkbox');
  const read = () => field.choices.filter((_, index) => boxes[index]?.checked).map(({ value }) => value);
  return { element, focus: boxes[0] ?? element, read };
}

function choices(field: Field, id: string, type: 'radio' | 'checkbox') {
  const chosen = Array.isArray(field.value) ? field.value : [field.value];
  const boxes = field.choices.map(({ value }, index) =>
    el('input', {
      type,
      name: id,
      id: index === 0 ? id : `${id}-${index}`,
      disabled: field.readOnly,
      checked: chosen.includes(value),
    }),
  );
  const element = el(
    'div',
    { class: 'form-choices' },
    ...boxes.map((box, index) =>
      el('label', { class: 'form-choice' }, box, el('span', {}, field.choices[index]?.label ?? '')),
    ),
  );
  return { boxes, element };
}

function dateInput(field: Field, more: Attributes): HTMLInputElement {
  const { formatMinimum, formatMaximum } = field.schema;
  const limits = { min: text(formatMinimum) || undefined, max: text(formatMaximum) || undefined };
  return el('input', { ...shared(field, ''), type: 'date', placeholder: undefined, ...limits, ...more });
}

function shared({ required, readOnly, option }: Field, id: string): Attributes {
  return {
    id,
    class: 'form-input',
    required,
    readonly: readOnly,
    placeholder: text(option('placeholder')) || undefined,
  };
}

function plain(value: unknown): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}
