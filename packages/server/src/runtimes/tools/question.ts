import type { Json, JsonObject, Part } from '../../model/index.ts';
import type { AskOptions } from '../../ports/index.ts';
import type { PendingCall } from './approval.ts';
import { type InputField, inputFields } from './input-fields.ts';

/** The form's fields for one call. */
export interface CallFields {
  readonly decision: string;
  readonly reason: string;
  /** Of the input, under the names that they have in the form. */
  readonly inputs: readonly InputField[];
  /** Where a program may send whole members of the input. */
  readonly input: string;
}

/** What is said beside the calls. */
export interface Around {
  /** Why an earlier answer was not enough. */
  readonly complaint?: string | undefined;
  /** Values of that answer's form: they stand in the form again, so that nobody has to decide and type twice. */
  readonly entered?: JsonObject | undefined;
  readonly expires?: AskOptions['expires'];
}

/** Longest value that the question shows. */
const LONGEST = 300;

/**
 * The question whether calls may be made: a text that says everything, and a form with a decision, the input and a reason for each call. `inputFields` says how an
 * input becomes fields.
 */
export function question(pending: readonly PendingCall[], { complaint, expires, entered = {} }: Around = {}): Part[] {
  const many = pending.length > 1;
  const ask = many ? `May I make these ${pending.length} calls?` : 'May I do this?';
  const calls = pending.map((call, index) => describe(call, many ? `${index + 1}. ` : ''));
  const answer = many ? 'Answer *yes* or *no* for all of them, or decide one by one.' : 'Answer *yes* or *no*.';
  const end = expires && endOf(expires, many);
  const said = [complaint, ask, ...calls, end === undefined ? answer : `${answer} ${end}`];
  return [{ type: 'text', text: said.filter((one) => one !== undefined).join('\n\n') }, form(pending, entered)];
}

export function fieldsOf(pending: readonly PendingCall[], index: number): CallFields {
  const prefix = pending.length > 1 ? `call_${index + 1}_` : '';
  const inputs = inputFields(pending[index] as PendingCall);
  return {
    decision: `${prefix}decision`,
    reason: `${prefix}reason`,
    inputs: inputs.map((field) => ({ ...field, name: `${prefix}${field.name}` })),
    input: `${prefix}input`,
  };
}

function form(pending: readonly PendingCall[], entered: JsonObject): Part {
  const properties: Record<string, JsonObject> = {};
  const ui: Record<string, Json> = {};
  const data: Record<string, Json> = {};
  const required: string[] = [];
  for (const [index, { tool }] of pending.entries()) {
    const names = fieldsOf(pending, index);
    const of = pending.length > 1 ? `${index + 1}. ${tool.displayName}: ` : '';
    properties[names.decision] = {
      type: 'string',
      title: of === '' ? 'Decision' : `${of}decision`,
      enum: ['approve', 'reject'],
      enumNames: ['Approve', 'Reject'],
    };
    ui[names.decision] = { 'ui:widget': 'RadioWidget' };
    data[names.decision] = 'approve';
    required.push(names.decision);
    for (const { name, schema, isJson, required: isRequired, value } of names.inputs) {
      properties[name] = { ...schema, title: `${of}${schema.title as string}` };
      if (isJson) ui[name] = { 'ui:widget': 'textarea' };
      if (value !== undefined) data[name] = value;
      if (isRequired) required.push(name);
    }
    properties[names.reason] = { type: 'string', title: `${of}reason`.replace(/^r/, 'R') };
  }
  for (const name of Object.keys(properties)) {
    const value = entered[name];
    if (value !== undefined && holds(properties[name] as JsonObject, value)) data[name] = value;
  }
  ui['ui:order'] = Object.keys(properties);
  ui['ui:submitButtonOptions'] = { submitText: 'Send decision' };
  ui['ui:cancelButtonOptions'] = { showCancel: true, cancelText: pending.length > 1 ? 'Reject all' : 'Reject' };
  const title = pending.length > 1 ? 'Approve these calls?' : `Approve: ${pending[0]?.tool.displayName}?`;
  return { type: 'form', name: 'approval', schema: { type: 'object', title, properties, required }, ui, data };
}

/** Whether a field can show the value, right or wrong as it may be. */
function holds({ type, enum: choices }: JsonObject, value: Json): boolean {
  if (Array.isArray(choices)) return choices.includes(value);
  return typeof value === (type === 'integer' ? 'number' : type);
}

function describe({ tool, input }: PendingCall, number: string): string {
  const lines = Object.entries(input).map(([name, value]) => `- ${name}: ${code(value)}`);
  return [`**${number}${tool.displayName}**`, lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** As code, so that nothing in it is read as Markdown. */
function code(value: Json): string {
  const whole = typeof value === 'string' ? value.replace(/\s+/g, ' ') : JSON.stringify(value);
  const shown = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || shown.trim() === '' ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** By a length of time and not by the clock: said again after a crash it is the same text. */
function endOf({ afterMs, action }: NonNullable<AskOptions['expires']>, many: boolean): string {
  const what = action === 'fail' ? 'this run ends' : many ? 'they are rejected' : 'it is rejected';
  return `Without an answer within ${durationOf(afterMs)} ${what}.`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

function durationOf(ms: number): string {
  const [name, size] = UNITS.find(([, one]) => ms >= one && ms % one === 0) ?? ['second', 1_000];
  const count = Math.max(1, Math.round(ms / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
