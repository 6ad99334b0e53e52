import type { Json, JsonObject } from '../model/index.ts';
import { DEFAULT_TIMEOUT_MS, type Place } from '../runtimes/index.ts';
import type { Remark } from './check.ts';
import { type OperationDraft, objectOf } from './openapi-tool.ts';
import { PERMISSIONS } from './tool-fields.ts';
import type { Path } from './yaml.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const;

/** Deepest nesting of references that is followed; a schema that refers to itself ends there. */
const DEEPEST = 12;

/** Whether a file in `tools/` is a whole OpenAPI document. */
export function isOpenApiDocument({ openapi, swagger }: JsonObject): boolean {
  return openapi !== undefined || swagger !== undefined;
}

/** The operations of an OpenAPI 3 document that have an `operationId`, in the order of the document. */
export function operationsOfDocument(document: JsonObject, remarks: Remark[]): OperationDraft[] {
  if (!/^3\./.test(String(document.openapi))) {
    const path = [document.openapi === undefined ? 'swagger' : 'openapi'];
    remarks.push({
      severity: 'error',
      path,
      message: 'Only OpenAPI 3 is read.',
      fix: 'Convert the document to OpenAPI 3.',
    });
    return [];
  }
  const found: OperationDraft[] = [];
  for (const [path, item] of Object.entries(objectOf(document.paths))) {
    const shared = deref(objectOf(item).parameters ?? [], document);
    for (const method of METHODS) {
      const operation = objectOf(objectOf(item)[method]);
      if (typeof operation.operationId !== 'string') continue;
      const given: Given = { document, path, method, operation, shared, at: ['paths', path, method] };
      found.push(draftOf(given, remarks));
    }
  }
  if (found.length === 0) {
    const message = 'No operation of the document has an `operationId`, so that there are no tools in it.';
    remarks.push({
      severity: 'warning',
      path: ['paths'],
      message,
      fix: 'Give each operation that agents may use one.',
    });
  }
  return found;
}

interface Given {
  readonly document: JsonObject;
  readonly path: string;
  readonly method: (typeof METHODS)[number];
  readonly operation: JsonObject;
  readonly shared: Json;
  readonly at: Path;
}

function draftOf(given: Given, remarks: Remark[]): OperationDraft {
  const { document, path, method, operation, at } = given;
  const { summary, description, operationId } = operation;
  const name = String(operationId)
    .replace(/[^\w-]+/g, '_')
    .slice(0, 64);
  const said = operation['x-permission'];
  const permission = PERMISSIONS.find((one) => one === said) ?? (/get|head/.test(method) ? 'read_only' : 'read_write');
  if (said !== undefined && permission !== said) {
    const message = '`x-permission` is no permission.';
    remarks.push({
      severity: 'warning',
      path: [...at, 'x-permission'],
      message,
      fix: `Use one of ${PERMISSIONS.join(', ')}.`,
    });
  }
  const security = (operation.security ?? document.security ?? []) as Json;
  const schemes = Array.isArray(security) ? security.flatMap((one) => Object.keys(objectOf(one))) : [];
  const known = objectOf(objectOf(document.components).securitySchemes);
  const key = schemes.map((one) => objectOf(known[one])).find(({ type }) => type === 'apiKey');
  const appId = operation['x-app-id'] ?? document['x-app-id'];
  return {
    name,
    displayName: text(summary) ?? name,
    description: text(description) ?? text(summary) ?? `${method.toUpperCase()} ${path}`,
    permission,
    approve: typeof operation['x-approve'] === 'boolean' ? operation['x-approve'] : undefined,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    method: method.toUpperCase(),
    path,
    successStatus: 200,
    ...inputOf(given),
    keyPlace: keyPlaceOf(key),
    wantsCredentials: schemes.length > 0,
    server: serverOf(operation.servers ?? document.servers),
    appId: text(appId),
    at: {
      server: ['servers', 0],
      app: operation['x-app-id'] === undefined ? ['x-app-id'] : [...at, 'x-app-id'],
      self: [...at, 'operationId'],
    },
  };
}

/** Parameters and the members of a JSON body side by side; a body that is no object of members is one member, `body`. */
function inputOf({ document, operation, shared }: Given): Pick<OperationDraft, 'inputSchema' | 'places'> {
  const properties: Record<string, Json> = {};
  const places: Record<string, Place> = {};
  const required: string[] = [];
  const add = (wanted: string, where: Place, schema: JsonObject, needed: boolean) => {
    const name = Object.hasOwn(properties, wanted) ? `${where.in}_${wanted}` : wanted;
    properties[name] = schema;
    places[name] = where;
    if (needed) required.push(name);
  };
  const own = deref(operation.parameters ?? [], document);
  const all = [...(Array.isArray(own) ? own : []), ...(Array.isArray(shared) ? shared : [])].map(objectOf);
  const seen = new Set<string>();
  for (const { name, in: where, required: needed, schema, description } of all) {
    // An operation's own parameter stands for the one of its path.
    if (typeof name !== 'string' || seen.has(`${where} ${name}`)) continue;
    seen.add(`${where} ${name}`);
    if (where !== 'path' && where !== 'query' && where !== 'header') continue;
    const described: JsonObject = typeof description === 'string' ? { description } : {};
    add(name, { in: where, name }, { ...modern(objectOf(schema)), ...described }, needed === true || where === 'path');
  }
  const body = objectOf(deref(operation.requestBody ?? {}, document));
  const content = objectOf(body.content);
  const json = Object.keys(content).find((type) => /^application\/(?:.+\+)?json\b/i.test(type));
  const schema = json === undefined ? undefined : modern(objectOf(objectOf(content[json]).schema));
  const members = schema && Object.entries(objectOf(schema.properties));
  if (members && members.length > 0) {
    const needed = Array.isArray(schema.required) ? schema.required : [];
    for (const [name, member] of members)
      add(name, { in: 'body', name }, objectOf(member), body.required === true && needed.includes(name));
  } else if (schema) add('body', { in: 'body' }, schema, body.required === true);
  return { inputSchema: { type: 'object', properties, required, additionalProperties: false }, places };
}

function keyPlaceOf(key: JsonObject | undefined): OperationDraft['keyPlace'] {
  const name = text(key?.name);
  return name && (key?.in === 'header' || key?.in === 'query') ? { in: key.in, name } : undefined;
}

/** The first server, with the defaults of its variables. */
function serverOf(servers: Json | undefined): string | undefined {
  const first = Array.isArray(servers) ? objectOf(servers[0]) : {};
  const variables = objectOf(first.variables);
  const fill = (whole: string, name: string) => text(objectOf(variables[name]).default) ?? whole;
  return text(first.url)?.replace(/(?<!\$)\{([^}]*)\}/g, fill);
}

/** The value with what its references name in their place. */
function deref(value: Json, document: JsonObject, depth = 0): Json {
  if (Array.isArray(value)) return value.map((one: Json) => deref(one, document, depth));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as JsonObject;
  if (typeof $ref === 'string') return depth >= DEEPEST ? {} : deref(target($ref, document), document, depth + 1);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deref(one, document, depth)]));
}

/** What a reference within the document names; others are not followed. */
function target(reference: string, document: JsonObject): Json {
  if (!reference.startsWith('#/')) return {};
  const steps = reference.slice(2).split('/');
  const names = steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Json>((node, name) => objectOf(node)[name] ?? {}, document);
}

/** What OpenAPI 3.0 writes in its own way, as JSON Schema has it: `nullable` and the bounds that are true or false. */
function modern(schema: JsonObject): JsonObject {
  const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const made: Record<string, Json> = {};
  for (const [name, value] of Object.entries(rest)) made[name] = modernIn(name, value);
  if (nullable === true && typeof made.type === 'string') made.type = [made.type, 'null'];
  bound(made, { limit: 'minimum', bound: 'exclusiveMinimum', value: exclusiveMinimum });
  bound(made, { limit: 'maximum', bound: 'exclusiveMaximum', value: exclusiveMaximum });
  return made;
}

function modernIn(name: string, value: Json): Json {
  if (name === 'properties')
    return Object.fromEntries(Object.entries(objectOf(value)).map(([key, one]) => [key, modern(objectOf(one))]));
  if (Array.isArray(value) && /^(allOf|anyOf|oneOf)$/.test(name))
    return value.map((one: Json) => modern(objectOf(one)));
  const isSchema = /^(items|not|additionalProperties)$/.test(name) && typeof value === 'object' && value !== null;
  return isSchema ? modern(objectOf(value)) : value;
}

function bound(
  schema: Record<string, Json>,
  { limit, bound: name, value }: { readonly limit: string; readonly bound: string; readonly value: Json | undefined },
): void {
  if (typeof value === 'number') schema[name] = value;
  else if (value === true && typeof schema[limit] === 'number') {
    schema[name] = schema[limit];
    delete schema[limit];
  }
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
