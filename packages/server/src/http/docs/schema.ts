import type { OpenApi, Schema } from '../openapi.ts';
import { type Html, html, prose } from './html.ts';

/** Deeper members are left to `/openapi.json`. */
const DEEPEST = 4;

/** The members of a schema as rows: name, type, meaning. */
export function schemaRows(api: OpenApi, schema: Schema): Html {
  const rows = membersOf(api, { schema, depth: 0, seen: [] });
  if (rows.length === 0) return html`<p class="type">${typeOf(api, schema)}</p>`;
  return html`<table class="members"><tbody>${rows}</tbody></table>`;
}

interface Place {
  readonly schema: Schema;
  readonly depth: number;
  /** References on the way here: a schema that contains itself is shown once. */
  readonly seen: readonly string[];
}

function membersOf(api: OpenApi, { schema, depth, seen }: Place): Html[] {
  const reference = typeof schema.$ref === 'string' ? schema.$ref : undefined;
  if (depth >= DEEPEST || (reference && seen.includes(reference))) return [];
  const inside = reference ? [...seen, reference] : seen;
  const known = resolve(api, schema);
  if (known.type === 'array' && isSchema(known.items))
    return membersOf(api, { schema: known.items, depth, seen: inside });
  const choices = choicesOf(known);
  if (choices.length > 0) return choices.flatMap((choice) => membersOf(api, { schema: choice, depth, seen: inside }));
  const required = (known.required ?? []) as readonly string[];
  return Object.entries((known.properties ?? {}) as Record<string, Schema>).flatMap(([name, member]) => [
    row(api, { name, schema: member, depth, required: required.includes(name) }),
    ...membersOf(api, { schema: member, depth: depth + 1, seen: inside }),
  ]);
}

/** One row of a table of members or parameters. */
export function row(
  api: OpenApi,
  { name, schema, depth, required }: { name: string; schema: Schema; depth: number; required: boolean },
): Html {
  const known = resolve(api, schema);
  const description = schema.description ?? known.description;
  const standard =
    'default' in known ? html` <span class="quiet">default ${JSON.stringify(known.default)}</span>` : undefined;
  return html`<tr>
<th scope="row" class="depth-${depth}"><code>${name}</code>${required && html` <span class="needed">required</span>`}</th>
<td><span class="type">${typeOf(api, schema)}</span>${standard}</td>
<td>${typeof description === 'string' && prose(description)}</td>
</tr>`;
}

/** A type in a few words: `string (uuid)`, `"user" or "assistant"`, `list of object`. */
function typeOf(api: OpenApi, schema: Schema): string {
  const known = resolve(api, schema);
  if ('const' in known) return JSON.stringify(known.const);
  if (Array.isArray(known.enum)) return known.enum.map((value) => JSON.stringify(value)).join(' or ');
  const choices = choicesOf(known);
  if (choices.length > 0) return [...new Set(choices.map((choice) => typeOf(api, choice)))].join(' or ');
  if (known.type === 'array') return isSchema(known.items) ? `list of ${typeOf(api, known.items)}` : 'list';
  if (Array.isArray(known.type)) return known.type.join(' or ');
  if (typeof known.type !== 'string') return 'anything';
  return typeof known.format === 'string' ? `${known.type} (${known.format})` : known.type;
}

/** A small value that fits the schema: what is required, or the first member when nothing is. */
export function sampleOf(api: OpenApi, schema: Schema, depth = 0): unknown {
  const known = resolve(api, schema);
  for (const keyword of ['example', 'const', 'default']) if (known[keyword] !== undefined) return known[keyword];
  for (const keyword of ['examples', 'enum']) if (Array.isArray(known[keyword])) return known[keyword][0];
  const [choice] = choicesOf(known);
  if (choice) return sampleOf(api, choice, depth);
  switch (known.type) {
    case 'object': {
      if (depth > DEEPEST) return {};
      const properties = Object.entries((known.properties ?? {}) as Record<string, Schema>);
      const required = (known.required ?? []) as readonly string[];
      const shown =
        required.length > 0
          ? properties.filter(([name]) => required.includes(name))
          : properties.filter(([name]) => !name.endsWith('id')).slice(0, 1);
      return Object.fromEntries(shown.map(([name, member]) => [name, sampleOf(api, member, depth + 1)]));
    }
    case 'array':
      return isSchema(known.items) && depth <= DEEPEST ? [sampleOf(api, known.items, depth + 1)] : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return known.format === 'uuid' ? '0c191f04-78cd-45e3-a99a-988cfb29434d' : 'hello';
    default:
      return 'hello';
  }
}

function choicesOf(schema: Schema): Schema[] {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return Array.isArray(choices) ? choices.filter(isSchema) : [];
}

function resolve(api: OpenApi, schema: Schema): Schema {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : undefined;
  return (name === undefined ? schema : api.components.schemas[name]) ?? {};
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
