import { z } from 'zod';
import { ClewError, ERRORS, type ErrorCode } from '../model/index.ts';
import type { Endpoint, Wire } from '../wires/endpoint.ts';

/** A JSON Schema, as far as it is read here. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content } | { readonly $ref: string }>
  >;
  /** Empty: also answered without a token. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** Other addresses of the operation. */
  readonly 'x-aliases'?: readonly string[];
}

export type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;

/** An OpenAPI 3.1 document. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
  /** Every error, with its status on each wire. */
  readonly 'x-errors': readonly ErrorRow[];
}

export interface ErrorRow {
  readonly code: string;
  readonly meaning: string;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Describes the canonical path of every endpoint, from the schemas that validate its requests. */
export function createOpenApi(from: { wires: readonly Wire[]; version: string; url: string }): OpenApi {
  const schemas: Record<string, Schema> = {};
  const paths: Record<string, Record<string, Operation>> = {};
  for (const wire of from.wires) {
    for (const endpoint of wire.endpoints) {
      const operations = paths[endpoint.path] ?? {};
      paths[endpoint.path] = operations;
      operations[endpoint.method.toLowerCase()] ??= describe(wire, endpoint, schemas);
    }
  }
  const tags = new Set(from.wires.flatMap((wire) => wire.endpoints.map(({ tag }) => tag)));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clew',
      version: from.version,
      description: 'Agents, threads and runs over HTTP. Generated from the schemas that validate the requests.',
    },
    servers: [{ url: from.url }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(from.wires.map((wire) => [`${wire.name}Error`, describeError(wire)])),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    'x-errors': errorRows(from.wires),
  };
}

function describe(wire: Wire, endpoint: Endpoint, schemas: Record<string, Schema>): Operation {
  const operationId = nameOf(wire, endpoint);
  const { query, body, reply, status = 200 } = endpoint.schemas;
  const schemaOf = (type: z.ZodType, io: 'input' | 'output', role: string): Schema =>
    toSchema(type, { io, name: `${operationId}_${role}`, schemas });
  const replied = reply && { content: { 'application/json': { schema: schemaOf(reply, 'output', 'reply') } } };
  return {
    operationId,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    parameters: [
      ...pathParameters(endpoint.path),
      ...(query ? queryParameters(schemaOf(query, 'input', 'query')) : []),
    ],
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: {
          [endpoint.takes === 'form' ? 'multipart/form-data' : 'application/json']: {
            schema: schemaOf(body, 'input', 'body'),
          },
        },
      },
    }),
    responses: {
      [String(status)]: { description: 'Done', ...replied },
      default: { $ref: `#/components/responses/${wire.name}Error` },
    },
    security: endpoint.access === 'public' ? [{}] : [{ token: [] }, {}],
    ...(endpoint.aliases.length > 0 && { 'x-aliases': endpoint.aliases }),
  };
}

function nameOf(wire: Wire, endpoint: Endpoint): string {
  const words = endpoint.path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return [wire.name, endpoint.method.toLowerCase(), ...words].join('_');
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name as string,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(schema: Schema): Parameter[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema: rest,
  }));
}

/** The JSON Schema of a type. Named parts move to `schemas`, where OpenAPI keeps them. */
function toSchema(
  type: z.ZodType,
  { io, name, schemas }: { io: 'input' | 'output'; name: string; schemas: Record<string, Schema> },
): Schema {
  const {
    $schema: _,
    $defs = {},
    ...schema
  } = z.toJSONSchema(type, { io, unrepresentable: 'any', cycles: 'ref' }) as Schema;
  // Names that zod makes up (`__schema0`) are unique in one schema only; an input may differ from the output of the same name.
  const renamed = new Map(
    Object.keys($defs as object).map((key) => [
      key,
      key.startsWith('__') ? `${name}${key}` : io === 'input' ? `${key}Input` : key,
    ]),
  );
  const relink = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(relink);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) =>
        key === '$ref' && typeof member === 'string' ? [key, link(member)] : [key, relink(member)],
      ),
    );
  };
  const link = (ref: string): string => {
    if (ref === '#') return `#/components/schemas/${name}`;
    const key = ref.replace('#/$defs/', '');
    return `#/components/schemas/${renamed.get(key) ?? key}`;
  };
  for (const [key, value] of Object.entries($defs as Record<string, unknown>)) {
    schemas[renamed.get(key) as string] ??= relink(value) as Schema;
  }
  const linked = relink(schema) as Schema;
  if (!JSON.stringify(schema).includes('"$ref":"#"')) return linked;
  schemas[name] = linked;
  return { $ref: `#/components/schemas/${name}` };
}

function describeError(wire: Wire): { description: string; content: Content } {
  const example = wire.error(new ClewError('invalid_request'), 'the id of the request').body;
  return {
    description: 'Something is wrong. `x-errors` lists the codes.',
    content: { 'application/json': { schema: { type: 'object' }, example } },
  };
}

function errorRows(wires: readonly Wire[]): ErrorRow[] {
  return Object.entries(ERRORS).map(([code, meaning]) => ({
    code,
    meaning,
    statuses: Object.fromEntries(
      wires.map((wire) => [wire.name, wire.error(new ClewError(code as ErrorCode), 'the id of the request').status]),
    ),
  }));
}
