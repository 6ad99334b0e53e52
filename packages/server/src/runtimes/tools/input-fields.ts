import type { Json, JsonObject } from '../../model/index.ts';
import type { PendingCall } from './approval.ts';

/** A value of a call's input as a form shows it. */
export interface InputField {
  /** Name in the form: `input_` and the path, e.g. `input_address.city`. */
  readonly name: string;
  /** Where the value stands in the input. */
  readonly path: readonly string[];
  /** What the form says of it: a plain value, or a text that holds JSON. */
  readonly schema: JsonObject;
  readonly isJson: boolean;
  readonly required: boolean;
  /** As the form shows it first; undefined: nothing. */
  readonly value: Json | undefined;
}

/** How deep objects are taken apart; what stands deeper is edited as JSON. */
const DEEPEST = 3;

/**
 * The fields of a call's input. Clients show forms that are flat and have one field a value: the members of an object become fields of their own (`address.city`), and what no
 * such field can hold (lists, objects without declared members, choices of shapes) becomes a text that is JSON. A form of the client's own for nested values was
 * rejected: it would be a second one in every client, ACP programs included.
 */
export function inputFields({ tool, input }: PendingCall): InputField[] {
  const root = tool.inputSchema;
  const read = (schema: JsonObject, value: JsonObject, path: readonly string[]): InputField[] => {
    const required = listOf(schema.required);
    return Object.entries(objectOf(schema.properties)).flatMap(([name, written]): InputField[] => {
      const own = plainly(objectOf(written), root);
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      const at = [...path, name];
      const field = { name: `input_${at.join('.')}`, path: at, required: required.includes(name) };
      const title = typeof own.title === 'string' ? own.title : at.join('.');
      if (isPlain(own) && !isGroup(given)) {
        // A box that was not there before would be sent as false, so that there is none.
        if (given === undefined && own.type === 'boolean') return [];
        // Without its default: a form would fill it in, and the input would be another one though nobody changed it.
        const { default: _, ...rest } = own;
        return [{ ...field, schema: { ...rest, title }, isJson: false, value: given ?? undefined }];
      }
      if (given === undefined) return [];
      const isOpened = at.length < DEEPEST && Object.keys(objectOf(own.properties)).length > 0 && isRecord(given);
      if (isOpened) return read(own, given as JsonObject, at);
      const text = JSON.stringify(given, null, isGroup(given) ? 2 : undefined);
      return [{ ...field, schema: { type: 'string', title: `${title} (JSON)` }, isJson: true, value: text }];
    });
  };
  return read(root, input, []);
}

/**
 * The input as a form leaves it. A field that is missing keeps its value; one that was emptied is taken out if it may be. A `TypeError` that names the field when one
 * that holds JSON does not.
 */
export function editedInput(
  { tool, input }: PendingCall,
  fields: readonly InputField[],
  data: Readonly<Record<string, Json | undefined>>,
): JsonObject {
  const edited = structuredClone(input) as Record<string, Json>;
  for (const { name, path, isJson, required, schema } of fields) {
    const value = data[name];
    if (value === undefined) continue;
    const member = path.at(-1) as string;
    const parent = path.slice(0, -1).reduce((node, step) => node[step] as Record<string, Json>, edited);
    if ((value === null || value === '') && !required) delete parent[member];
    else if (!isJson) parent[member] = converted(value, schema);
    else if (typeof value === 'string') parent[member] = parsed(value, path);
    else parent[member] = value;
  }
  // What a program sends in place of fields: whole members of the input.
  return isRecord(data.input) && !Object.hasOwn(objectOf(tool.inputSchema.properties), 'input')
    ? { ...edited, ...data.input }
    : edited;
}

function parsed(text: string, path: readonly string[]): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new TypeError(`\`${path.join('.')}\` must be JSON`);
  }
}

/** The schema with what a reference names, and without `null` where it is one of two: what Pydantic makes of `Optional`. */
function plainly(schema: JsonObject, root: JsonObject, depth = 0): JsonObject {
  if (depth > 8) return schema;
  if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#/')) {
    const { $ref, ...rest } = schema;
    const steps = ($ref as string).slice(2).split('/');
    const found = steps.reduce<Json | undefined>((node, step) => objectOf(node)[step], root);
    return plainly({ ...objectOf(found), ...rest }, root, depth + 1);
  }
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray) as readonly Json[] | undefined;
  const shapes = choices?.map(objectOf).filter(({ type }) => type !== 'null');
  if (shapes?.length === 1) {
    const { anyOf: _, oneOf: __, ...rest } = schema;
    return plainly({ ...(shapes[0] as JsonObject), ...rest }, root, depth + 1);
  }
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== 'null');
    if (types.length === 1) return { ...schema, type: types[0] as Json };
  }
  return schema;
}

function isPlain({ type, enum: words, const: fixed }: JsonObject): boolean {
  if (fixed !== undefined) return false;
  if (Array.isArray(words)) return words.every((word) => typeof word === 'string' || typeof word === 'number');
  return ['string', 'number', 'integer', 'boolean'].includes(String(type));
}

function isGroup(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null;
}

function isRecord(value: Json | undefined): value is JsonObject {
  return isGroup(value) && !Array.isArray(value);
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
  return isRecord(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
