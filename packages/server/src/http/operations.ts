import { z } from 'zod';
import { ClewError, ERRORS } from '../model/index.ts';
import type { Endpoint, JsonReply, Wire } from '../wires/endpoint.ts';
import { renderDocs } from './docs/render.ts';
import { createMetrics } from './metrics.ts';
import { createOpenApi, type OpenApi } from './openapi.ts';
import type { Page } from './pages.ts';
import { createProbe } from './probe.ts';
import type { Readiness } from './readiness.ts';

export interface OperationsOptions {
  /** The wires to describe. */
  readonly wires: readonly Wire[];
  readonly version: string;
  /** Address of the server, known once it listens. */
  readonly url: () => string;
  readonly check: (() => Promise<void>) | undefined;
  readonly readiness: Readiness;
  /** The text of `/metrics`; undefined: there is none. */
  readonly metrics: (() => Promise<string>) | undefined;
}

const health = z.object({
  status: z
    .enum(['ok', 'draining', 'unavailable'])
    .describe(
      '`unavailable` (with status 503) when the store cannot be read or written, `draining` (503 too) when the server is about to stop: it still answers, but new requests should go to another one.',
    ),
  version: z.string().describe('Version of Clew.'),
});

const ALIVE = '/health/alive';

/** What the server says about itself: `/health`, `/health/alive`, `/health/stream`, `/openapi.json` and the page `/docs`. Described on first use, for a quick start. */
export function createOperations(options: OperationsOptions): { readonly wire: Wire; readonly docs: () => Page } {
  let description: OpenApi | undefined;
  let page: Page | undefined;
  const alive: Endpoint = {
    method: 'GET',
    path: ALIVE,
    aliases: [],
    summary: 'Whether the process answers',
    tag: 'Operations',
    access: 'public',
    schemas: { reply: health },
    handle: async () => ({ status: 200, body: { status: 'ok', version: options.version } }),
  };
  const endpoints: Endpoint[] = [
    {
      method: 'GET',
      path: '/health',
      aliases: [],
      summary: 'Whether the server works, and its version',
      tag: 'Operations',
      access: 'public',
      schemas: { reply: health },
      async handle() {
        options.readiness.asked();
        const works = await (options.check?.() ?? Promise.resolve()).then(
          () => true,
          () => false,
        );
        const status = !works ? 'unavailable' : options.readiness.draining ? 'draining' : 'ok';
        return {
          status: status === 'ok' ? 200 : 503,
          body: { status, version: options.version } satisfies z.infer<typeof health>,
        };
      },
    },
    // The Orchestrate chat API has it under this path, too.
    ...(options.wires.some(({ endpoints }) => endpoints.some(({ aliases }) => aliases.includes(ALIVE))) ? [] : [alive]),
    createProbe(),
    ...(options.metrics ? [createMetrics(options.metrics)] : []),
    {
      method: 'GET',
      path: '/openapi.json',
      aliases: [],
      summary: 'This description, for programs',
      tag: 'Operations',
      access: 'public',
      schemas: { reply: z.record(z.string(), z.unknown()) },
      async handle() {
        return { status: 200, body: describe() };
      },
    },
  ];
  // One description for programs that speak one protocol: generators make a client of it.
  for (const one of options.wires) {
    endpoints.push({
      method: 'GET',
      path: `/${one.name}/openapi.json`,
      aliases: [],
      summary: `The description of the wire ${one.name} alone`,
      tag: 'Operations',
      access: 'public',
      schemas: { reply: z.record(z.string(), z.unknown()) },
      async handle() {
        return { status: 200, body: createOpenApi({ wires: [one], version: options.version, url: options.url() }) };
      },
    });
  }
  const wire: Wire = { name: 'operations', endpoints, error: wordError };
  const describe = (): OpenApi => {
    description ??= createOpenApi({ wires: [...options.wires, wire], version: options.version, url: options.url() });
    return description;
  };
  const docs = (): Page => {
    page ??= renderDocs(describe());
    return page;
  };
  return { wire, docs };
}

const STATUS: Partial<Record<keyof typeof ERRORS, number>> = {
  route_not_found: 404,
  method_not_allowed: 405,
  unauthorized: 401,
  token_expired: 401,
  token_required: 401,
  security_not_set_up: 403,
  origin_not_allowed: 403,
  host_not_allowed: 403,
  operator_only: 403,
  rate_limited: 429,
  too_large: 413,
  malformed_request: 400,
  headers_too_large: 431,
  request_timeout: 408,
  unsupported_media_type: 415,
  unreadable_json: 400,
  invalid_request: 422,
  database_unavailable: 503,
  database_full: 503,
};

function wordError(error: unknown): JsonReply {
  const known = error instanceof ClewError ? error : new ClewError('server_error');
  const { code, message } = known.code === 'server_error' ? { code: known.code, message: ERRORS.server_error } : known;
  return { status: STATUS[code] ?? 500, body: { detail: message, code } };
}
