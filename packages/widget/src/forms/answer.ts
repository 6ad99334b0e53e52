import { dayText } from '../locale/dates.ts';
import type { Words } from '../locale/words.ts';
import { type Field, type Form, type Loose, loose, text } from './fields.ts';
import { isEmpty } from './validation.ts';

/** The values of a form's fields by their names. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether the reader decides what the field holds. */
export function isAsked({ widget, schema }: Field): boolean {
  return widget !== 'download' && !(widget === 'table' && tableType(schema) === 'dataTable');
}

export function tableType({ tableType: type }: Loose): 'dataTable' | 'single' | 'multi' {
  return type === 'single' || type === 'multi' ? type : 'dataTable';
}

/** `form_data` of what is sent: values that are there, a range as its schema has it, no files that are only offered. */
export function formData({ fields, hidden }: Form, values: Values): Record<string, unknown> {
  const data: Record<string, unknown> = { ...hidden };
  for (const field of fields) {
    const value = values[field.name];
    if (isAsked(field) && !isEmpty(value))
      data[field.name] = field.widget === 'dateRange' ? written(field, value) : value;
  }
  return data;
}

/** What the reader answered, a line a field: `Email: ana@example.org`. */
export function displayText({ fields }: Form, values: Values, words: Words): string {
  return fields
    .filter((field) => isAsked(field) && !isEmpty(values[field.name]))
    .map((field) => `${field.title}: ${valueText(field, values[field.name], words)}`)
    .join('\n');
}

/** A value as people read it. */
export function valueText(field: Field, value: unknown, words: Words): string {
  const labelOf = (one: unknown): string => field.choices.find((choice) => choice.value === one)?.label ?? String(one);
  switch (field.widget) {
    case 'checkbox':
      return field.choices.length > 0 ? labelOf(value) : words.t(value === true ? 'yes' : 'no');
    case 'number':
      return typeof value === 'number'
        ? value.toLocaleString(words.locale, { maximumFractionDigits: 20, useGrouping: 'min2' })
        : String(value);
    case 'date':
      return dayText(String(value), words.locale);
    case 'dateRange':
      return (value as readonly unknown[]).map((day) => dayText(String(day), words.locale)).join(' – ');
    case 'table':
      return listOf(value, (row) => firstCell(field, row));
    case 'upload':
      return listOf(value, (file) => text(loose(file)?.fileName));
    case 'checkboxes':
      return listOf(value, labelOf);
    default:
      return labelOf(value);
  }
}

function listOf(value: unknown, name: (one: unknown) => string): string {
  return (Array.isArray(value) ? value : []).map(name).filter(Boolean).join(', ');
}

/** A row is called by its first column. */
function firstCell({ schema }: Field, row: unknown): string {
  const header = Array.isArray(schema.headers) ? loose(schema.headers[0]) : undefined;
  const value = loose(row)?.[text(header?.key)];
  return value === undefined || value === null ? '' : String(value);
}

/** `[start, end]` of whatever a range is kept as: a list, an object with two members, `start/end`. */
export function rangeOf(value: unknown): [string, string] {
  const object = loose(value);
  const parts = Array.isArray(value)
    ? value
    : object
      ? [object.start ?? Object.values(object)[0], object.end ?? Object.values(object)[1]]
      : text(value).split('/');
  return [text(parts[0]), text(parts[1])];
}

/** What a stored `form_operation` item answered, as the controls of the form give it. */
export function answered(
  { fields }: Form,
  { form_operation: operation, form_data: data }: Loose,
): Values | 'cancelled' {
  if (operation === 'cancel') return 'cancelled';
  const values = { ...loose(data) };
  for (const { name, widget } of fields)
    if (widget === 'dateRange' && values[name] !== undefined) values[name] = rangeOf(values[name]);
  return values;
}

function written({ schema }: Field, value: unknown): unknown {
  const [start, end] = rangeOf(value);
  if (schema.type === 'string') return `${start}/${end}`;
  if (schema.type !== 'object') return [start, end];
  const [first = 'start', second = 'end'] = Object.keys(loose(schema.properties) ?? {});
  return { [first]: start, [second]: end };
}
