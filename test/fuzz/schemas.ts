import fc from 'fast-check';
import { oddJson, oddText } from './runs.ts';

/** A JSON Schema as OpenAPI has it. */
// biome-ignore lint/suspicious/noExplicitAny: a schema may say anything
export type Schema = any;

/** Deeper than this everything is left out. */
const DEEPEST = 5;

/**
 * Values that nearly fit a schema: mostly what it says, now and then something else in one place, so that they come past the first check.
 * `schemas` is where `#/components/schemas/…` leads; `known` are ids that exist.
 */
export function nearly(
  schema: Schema,
  from: { schemas: Record<string, Schema>; known: readonly string[] },
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (one: Schema) => nearly(one, from, depth + 1);
  if (schema?.$ref) return nearly(from.schemas[schema.$ref.split('/').at(-1)], from, depth);
  if (!schema || typeof schema !== 'object' || depth > DEEPEST) return oddJson;
  return fc.oneof({ weight: 12, arbitrary: exactly() }, { weight: 1, arbitrary: oddJson });

  function exactly(): fc.Arbitrary<unknown> {
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return fc.oneof(...choices.map(inner));
    if (schema.allOf) return inner(schema.allOf[0]);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.const !== undefined) return fc.constant(schema.const);
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case 'object':
        return object();
      case 'array':
        return fc.array(inner(schema.items), { maxLength: 3 });
      case 'integer':
        return fc.oneof(fc.integer({ min: -2, max: 50 }), fc.maxSafeInteger());
      case 'number':
        return fc.oneof(fc.integer({ min: -2, max: 50 }), fc.double({ noNaN: true }));
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'string':
        return fc.oneof(fc.constantFrom('echo', 'user', 'text/plain', 'x', ...from.known), oddText);
      default:
        return oddJson;
    }
  }

  function object(): fc.Arbitrary<unknown> {
    const members = Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(
      ([name, member]) => [name, inner(member)] as const,
    );
    const required = ((schema.required ?? []) as string[]).filter((name) => members.some(([one]) => one === name));
    return fc
      .tuple(
        fc.record(Object.fromEntries(members), { requiredKeys: required }),
        fc.dictionary(oddText, oddJson, { maxKeys: 1 }),
      )
      .map(([named, more]) => ({ ...more, ...named }));
  }
}
