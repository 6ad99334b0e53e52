import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { error as acpError } from '@clew/wire/acp';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { check, oddJson, oddText, TIMEOUT_MS } from './runs.ts';
import { nearly, type Schema } from './schemas.ts';

const folder = makeTempDir();
const server = await serve({
  project: join(import.meta.dirname, '../hostile/project'),
  args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'],
});
const agent = new Agent({ keepAlive: true });
afterAll(async () => {
  agent.destroy();
  await server.stop();
  removeTempDir(folder);
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request with its path as it is, where `fetch` would tidy it. Of a stream that does not end the beginning is read. */
function send({ method, path, headers, body }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, port: server.port, host: '127.0.0.1', method, path, headers }, (incoming) => {
      let text = '';
      const finish = () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', finish).on('error', reject);
      if (/event-stream|ndjson/.test(incoming.headers['content-type'] ?? '')) {
        incoming.destroy();
        finish();
      }
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A call of one endpoint of a description. */
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body: Schema | undefined;
}

interface Description {
  readonly operations: readonly Operation[];
  readonly schemas: Record<string, Schema>;
}

async function describeWire(name: string): Promise<Description> {
  const api = (await (await fetch(`${server.url}/${name}/openapi.json`)).json()) as Schema;
  const operations = Object.entries<Schema>(api.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, one]) => ({
      method: method.toUpperCase(),
      path,
      query: (one.parameters ?? []).filter((each: Schema) => each.in === 'query').map((each: Schema) => each.name),
      body: one.requestBody?.content?.['application/json']?.schema,
    })),
  );
  expect(operations.length).toBeGreaterThan(5);
  return { operations, schemas: api.components?.schemas ?? {} };
}

/** What exists: a thread, a run and a message. */
async function ids(): Promise<string[]> {
  const reply = await send({
    method: 'POST',
    path: '/runs',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_name: 'echo', input: [{ role: 'user', parts: [{ content: 'x' }] }] }),
  });
  expect([reply.status, reply.text]).toEqual([200, expect.any(String)]);
  const { run_id, session_id } = JSON.parse(reply.text) as { run_id: string; session_id: string };
  return [run_id, session_id];
}

const HEADERS = [
  'authorization',
  'content-type',
  'x-ibm-thread-id',
  'x-ibm-wo-orchestrate-id',
  'x-ibm-wo-user-id',
  'x-clew-visitor',
  'x-api-key',
  'last-event-id',
  'range',
  'origin',
  'accept',
  'idempotency-key',
  'x-forwarded-for',
  'x-request-id',
];

function requests({ operations, schemas }: Description, known: readonly string[]): fc.Arbitrary<Sent> {
  const text = fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...known, 'echo') }, { weight: 2, arbitrary: oddText });
  const encoded = fc.oneof(text.map(encodeText), fc.stringMatching(/^[\w%.;:@+~-]{0,30}$/));
  const headers = fc.dictionary(
    fc.constantFrom(...HEADERS),
    fc.oneof(fc.stringMatching(/^[ -~]{0,60}$/), fc.constantFrom('application/json', 'text/plain', 'bytes=0-', 'null')),
    { maxKeys: 3 },
  );
  return fc.constantFrom(...operations).chain((one) => {
    const names = [...one.path.matchAll(/\{(\w+)\}/g)];
    const query = fc.dictionary(
      fc.oneof(
        ...(one.query.length > 0 ? [fc.constantFrom(...one.query)] : []),
        fc.constantFrom('stream', 'limit', 'offset', 'after', 'cursor'),
      ),
      encoded,
      { maxKeys: 3 },
    );
    const body = /GET|HEAD|DELETE/.test(one.method)
      ? fc.constant(undefined)
      : fc.oneof(
          { weight: 8, arbitrary: nearly(one.body, { schemas, known }).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: oddJson.map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: oddText },
        );
    return fc
      .record({ values: fc.array(encoded, { minLength: names.length, maxLength: names.length }), query, headers, body })
      .map(({ values, query: parameters, headers: sent, body: content }): Sent => {
        let at = 0;
        const path = one.path.replace(/\{\w+\}/g, () => values[at++] as string);
        const search = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
        return {
          method: one.method,
          path: search.length > 0 ? `${path}?${search.join('&')}` : path,
          headers: { ...(content === undefined ? {} : { 'content-type': 'application/json' }), ...sent },
          body: content,
        };
      });
  });
}

/** What no answer may hold: a stack, or where the server lies. */
const INSIDES = new RegExp(
  String.raw`\bat .*\.(ts|js):\d+|node_modules|node:internal|SQLITE_|${folder.replaceAll('/', String.raw`\/`)}|${join(import.meta.dirname, '..').replaceAll('/', String.raw`\/`)}`,
);

function looksRight(wire: 'orchestrate' | 'acp', sent: Sent, { status, headers, text }: Answered): void {
  expect(status, `${text}\n${server.output().slice(-2_000)}`).toBeLessThan(500);
  expect(text).not.toMatch(INSIDES);
  expect(headers).not.toHaveProperty('set-cookie');
  if (status < 400 || sent.method === 'HEAD') return;
  expect(headers['content-type']).toMatch(/^application\/json/);
  const told = JSON.parse(text) as Record<string, unknown>;
  // A path may become one of nobody, whose errors the first wire words; a page before any wire is asked, too.
  if (wire === 'acp' && !('detail' in told)) acpError.parse(told);
  else expect(told).toMatchObject({ detail: expect.anything(), code: expect.stringMatching(/^[a-z_]+$/) });
}

describe.each(['orchestrate', 'acp'] as const)('the wire %s', (wire) => {
  test('answers whatever is sent, in its own words', { timeout: TIMEOUT_MS }, async () => {
    const description = await describeWire(wire);
    const known = await ids();
    await check(
      400,
      fc.asyncProperty(requests(description, known), async (sent) => {
        looksRight(wire, sent, await send(sent));
      }),
    );
    expect(await ids()).toHaveLength(2);
  });
});

function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
