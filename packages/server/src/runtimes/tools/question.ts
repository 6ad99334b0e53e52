import type { Json, JsonObject, Part } from '../../model/index.ts';
import type { PendingCall } from './approval.ts';

/** Names of the form's fields for one call. */
export interface FieldNames {
  readonly decision: string;
  readonly reason: string;
  /** Of the input's members that can be edited, by the member's name. */
  readonly inputs: ReadonlyMap<string, string>;
}

/** Longest value that the question shows. */
const LONGEST = 300;

/**
 * The question whether calls may be made: a text that says everything, and a form with a decision, the input and a reason for each call. The form is
 * flat and has one field a value, as clients can show it; of an input only plain values can be edited.
 */
export function question(pending: readonly PendingCall[], complaint?: string): Part[] {
  const many = pending.length > 1;
  const ask = many ? `May I make these ${pending.length} calls?` : 'May I do this?';
  const calls = pending.map((call, index) => describe(call, many ? `${index + 1}. ` : ''));
  const answer = many ? 'Answer *yes* or *no* for all of them, or decide one by one.' : 'Answer *yes* or *no*.';
  const text = [...(complaint === undefined ? [] : [complaint]), ask, ...calls, answer].join('\n\n');
  return [{ type: 'text', text }, form(pending)];
}

export function fieldsOf(pending: readonly PendingCall[], index: number): FieldNames {
  const prefix = pending.length > 1 ? `call_${index + 1}_` : '';
  const names = Object.keys(editable(pending[index] as PendingCall));
  return {
    decision: `${prefix}decision`,
    reason: `${prefix}reason`,
    inputs: new Map(names.map((name) => [name, `${prefix}input_${name}`])),
  };
}

/** The input of a call as the form leaves it. A field that is missing keeps its value; one that was emptied is taken out if it may be. */
export function editedInput({ tool, input }: PendingCall, { inputs }: FieldNames, data: JsonObject): JsonObject {
  const edited: Record<string, Json> = { ...input };
  const properties = objectOf(tool.inputSchema.properties);
  const required = listOf(tool.inputSchema.required);
  for (const [name, field] of inputs) {
    const value = data[field];
    if (value === undefined) continue;
    if ((value === null || value === '') && !required.includes(name)) delete edited[name];
    else edited[name] = converted(value, objectOf(properties[name]));
  }
  return edited;
}

function form(pending: readonly PendingCall[]): Part {
  const properties: Record<string, JsonObject> = {};
  const ui: Record<string, Json> = {};
  const data: Record<string, Json> = {};
  const required: string[] = [];
  for (const [index, call] of pending.entries()) {
    const names = fieldsOf(pending, index);
    const of = pending.length > 1 ? `${index + 1}. ${call.tool.displayName}: ` : '';
    properties[names.decision] = {
      type: 'string',
      title: of === '' ? 'Decision' : `${of}decision`,
      enum: ['approve', 'reject'],
      enumNames: ['Approve', 'Reject'],
    };
    ui[names.decision] = { 'ui:widget': 'RadioWidget' };
    data[names.decision] = 'approve';
    required.push(names.decision);
    for (const [name, schema] of Object.entries(editable(call))) {
      const field = names.inputs.get(name) as string;
      const title = typeof schema.title === 'string' ? schema.title : name;
      // Without its default: a form would fill it in, and the input would be another one though nobody changed it.
      const { default: _, ...plain } = schema;
      properties[field] = { ...plain, title: `${of}${title}` };
      if (call.input[name] !== undefined) data[field] = call.input[name];
      if (listOf(call.tool.inputSchema.required).includes(name)) required.push(field);
    }
    properties[names.reason] = { type: 'string', title: `${of}reason`.replace(/^r/, 'R') };
  }
  ui['ui:order'] = Object.keys(properties);
  ui['ui:submitButtonOptions'] = { submitText: 'Send decision' };
  ui['ui:cancelButtonOptions'] = { showCancel: true, cancelText: pending.length > 1 ? 'Reject all' : 'Reject' };
  const title = pending.length > 1 ? 'Approve these calls?' : `Approve: ${pending[0]?.tool.displayName}?`;
  return { type: 'form', name: 'approval', schema: { type: 'object', title, properties, required }, ui, data };
}

/** The members of the input's schema that a form can show: plain values. A box that was not there before would be sent as false, so that there is none. */
function editable({ tool, input }: PendingCall): Readonly<Record<string, JsonObject>> {
  const properties = Object.entries(objectOf(tool.inputSchema.properties)).map(
    ([name, schema]) => [name, objectOf(schema)] as const,
  );
  const isShown = (name: string, schema: JsonObject) =>
    isPlain(schema) && !isGroup(input[name]) && (input[name] !== undefined || schema.type !== 'boolean');
  return Object.fromEntries(properties.filter(([name, schema]) => isShown(name, schema)));
}

function isPlain({ type, enum: words, const: fixed }: JsonObject): boolean {
  if (fixed !== undefined) return false;
  if (Array.isArray(words)) return words.every((word) => typeof word === 'string' || typeof word === 'number');
  return ['string', 'number', 'integer', 'boolean'].includes(String(type));
}

function isGroup(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null;
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

/** A value that a form sends as text, in the type that the schema wants. */
function converted(value: Json, { type }: JsonObject): Json {
  if (typeof value !== 'string') return value;
  if ((type === 'number' || type === 'integer') && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  return value;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
