import type { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import type { JsonObject } from '../../model/index.ts';

/** Compares a value with a schema: what is wrong with it, or undefined. */
export type Check = (value: unknown) => string | undefined;

let loading: Promise<AjvJsonSchemaValidator> | undefined;
const checks = new WeakMap<JsonObject, Promise<Check>>();

/**
 * The check for a JSON Schema (2020-12, 2019-09 and draft 7, with formats); made once for each schema. Rejects when the schema itself is wrong. The validator is
 * the one inside the MCP client, which needs it anyway, loaded when the first schema comes.
 */
export function checkOf(schema: JsonObject): Promise<Check> {
  const known = checks.get(schema);
  if (known) return known;
  const made = compile(schema);
  checks.set(schema, made);
  return made;
}

/** What is wrong with a schema, in one sentence, or undefined. */
export async function schemaFault(schema: JsonObject): Promise<string | undefined> {
  try {
    await checkOf(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function compile(schema: JsonObject): Promise<Check> {
  loading ??= import('@modelcontextprotocol/client/validators/ajv').then((ajv) => new ajv.AjvJsonSchemaValidator());
  const validate = (await loading).getValidator(schema as Parameters<AjvJsonSchemaValidator['getValidator']>[0]);
  return (value) => {
    const { valid, errorMessage } = validate(value);
    return valid ? undefined : (errorMessage ?? 'input does not fit').replace(/(^|, )data(?=[/ ])/g, '$1input');
  };
}
