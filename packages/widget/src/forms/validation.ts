import { isDay } from '../locale/dates.ts';
import type { Word } from '../locale/words.ts';
import { type Field, numberIn, text } from './fields.ts';

/** What is wrong with a value, by the chat's words. */
export interface Flaw {
  readonly word: Word;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Limits of the patterns that are tried: those that could take long are left to the server. */
const LONGEST_PATTERN = 300;
const LONGEST_MATCHED = 500;

/**
 * What is wrong with the value of a field; undefined when nothing is. Follows JSON Schema for the documented widgets: `required`, `minimum`,
 * `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `minLength`, `maxLength`, `pattern`, `format` (`email`, `uri`, `date`),
 * `formatMinimum`, `formatMaximum`, `minItems`, `maxItems`, the choices. An absent value is undefined; `NaN` is a number that cannot be read.
 */
export function flawOf(field: Field, value: unknown): Flaw | undefined {
  const { schema, required, widget, choices } = field;
  if (field.readOnly || widget === 'download') return undefined;
  if (isEmpty(value)) {
    const few = numberIn(schema, 'minItems') ?? 0;
    if (!required) return undefined;
    if (widget === 'radio' || widget === 'combobox') return { word: 'formChoose' };
    if (Array.isArray(value) && widget !== 'dateRange')
      return { word: 'formMinItems', values: { n: Math.max(few, 1) } };
    return { word: 'formRequired' };
  }
  switch (widget) {
    case 'number':
      return numberFlaw(field, value);
    case 'text':
    case 'textarea':
      return textFlaw(field, String(value));
    case 'date':
      return dayFlaw(field, String(value));
    case 'dateRange':
      return rangeFlaw(field, value);
    case 'checkbox':
      return required && value === false && mustAgree(field) ? { word: 'formRequired' } : undefined;
    case 'radio':
    case 'combobox':
      return choices.some((choice) => choice.value === value) ? undefined : { word: 'formChoose' };
    default:
      return countFlaw(field, value);
  }
}

export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => one === undefined || one === '');
  return value === undefined || value === null || value === '';
}

/** Only a schema that names `true` alone wants the box to be checked; `required` is also met by a "no". */
function mustAgree({ schema }: Field): boolean {
  return schema.const === true || (Array.isArray(schema.enum) && schema.enum.every((value) => value === true));
}

function numberFlaw({ schema }: Field, value: unknown): Flaw | undefined {
  if (typeof value !== 'number' || Number.isNaN(value)) return { word: 'formNumber' };
  if (schema.type === 'integer' && !Number.isInteger(value)) return { word: 'formInteger' };
  const [min, max] = [numberIn(schema, 'minimum'), numberIn(schema, 'maximum')];
  if (min !== undefined && value < min) return { word: 'formMin', values: { n: min } };
  if (max !== undefined && value > max) return { word: 'formMax', values: { n: max } };
  const [above, below] = [numberIn(schema, 'exclusiveMinimum'), numberIn(schema, 'exclusiveMaximum')];
  if (above !== undefined && value <= above) return { word: 'formAbove', values: { n: above } };
  if (below !== undefined && value >= below) return { word: 'formBelow', values: { n: below } };
  const step = numberIn(schema, 'multipleOf');
  if (step !== undefined && step > 0 && !isMultiple(value, step)) return { word: 'formStep', values: { n: step } };
  return undefined;
}

/** 0.3 is a multiple of 0.1, whatever binary fractions say. */
function isMultiple(value: number, step: number): boolean {
  const times = value / step;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

function textFlaw({ schema }: Field, value: string): Flaw | undefined {
  const length = [...value].length;
  const [min, max] = [numberIn(schema, 'minLength'), numberIn(schema, 'maxLength')];
  if (min !== undefined && length < min) return { word: 'formMinLength', values: { n: min } };
  if (max !== undefined && length > max) return { word: 'formMaxLength', values: { n: max } };
  if (schema.format === 'email' && !/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)*$/.test(value)) return { word: 'formEmail' };
  if ((schema.format === 'uri' || schema.format === 'url') && !URL.canParse(value)) return { word: 'formUrl' };
  const pattern = patternOf(text(schema.pattern));
  if (pattern && value.length <= LONGEST_MATCHED && !pattern.test(value)) return { word: 'formPattern' };
  return undefined;
}

/** Undefined for patterns that repeat a group: one of those can keep a page busy for years, and a model wrote it. */
function patternOf(pattern: string): RegExp | undefined {
  if (!pattern || pattern.length > LONGEST_PATTERN || /\)[*+{]/.test(pattern)) return undefined;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function dayFlaw({ schema }: Field, day: string): Flaw | undefined {
  if (!isDay(day)) return { word: 'formDate' };
  const [min, max] = [text(schema.formatMinimum), text(schema.formatMaximum)];
  if (min && day < min) return { word: 'formEarliest', values: { day: min } };
  if (max && day > max) return { word: 'formLatest', values: { day: max } };
  return undefined;
}

/** Both ends are needed as soon as there is one. */
function rangeFlaw(field: Field, value: unknown): Flaw | undefined {
  const [start, end] = Array.isArray(value) ? value.map((one) => String(one ?? '')) : [];
  if (!start || !end) return { word: 'formBothDates' };
  return dayFlaw(field, start) ?? dayFlaw(field, end) ?? (end < start ? { word: 'formDateOrder' } : undefined);
}

function countFlaw({ schema, widget }: Field, value: unknown): Flaw | undefined {
  if (!Array.isArray(value) || (widget === 'table' && schema.tableType === 'dataTable')) return undefined;
  const [min, max] = [numberIn(schema, 'minItems'), numberIn(schema, 'maxItems')];
  if (min !== undefined && value.length < min) return { word: 'formMinItems', values: { n: min } };
  if (max !== undefined && value.length > max) return { word: 'formMaxItems', values: { n: max } };
  return undefined;
}
