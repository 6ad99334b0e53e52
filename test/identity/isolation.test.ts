import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallOptions, say, seconds, site, start } from './start.ts';

const server = await start({ default: { modes: ['signed', 'anonymous', 'apiKey'] } });
afterAll(() => server.end());
const shop = site();
const operator = await server.operator();
await server.call('/private/embed/config', {
  method: 'POST',
  token: operator,
  body: { client_public_key: shop.publicKey },
});

/** A token that this installation could have signed: with its secret, for another tenant. */
async function ofAnotherTenant(role?: 'operator'): Promise<string> {
  const secret = Buffer.from(readFileSync(join(server.folder, '.clew', 'secret'), 'utf8').trim(), 'base64url');
  const sub = '0f3a9c1e-1111-4222-8333-444455556666';
  const tenant = '10000000-0000-4000-8000-000000000000';
  return new SignJWT({ username: 'stranger', tenant_id: tenant, ...(role ? { role } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setAudience('authenticated')
    .setExpirationTime(seconds() + 900)
    .sign(secret);
}

/** Bodies that get past the validation, so that what answers is the search for the id. */
const MESSAGE = { role: 'user', content: 'hi' };
const ACP_MESSAGE = { role: 'user', parts: [{ content_type: 'text/plain', content: 'hi' }] };
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /api/v1/threads/{thread_id}': { title: 'taken' },
  'PATCH /api/v1/threads/{thread_id}/messages/{message_id}': { content: 'taken' },
  'POST /runs/{run_id}': { run_id: 'RUN', await_resume: { message: ACP_MESSAGE }, mode: 'sync' },
};

/** Parameters that are ids of things that belong to somebody. */
const OWNED = ['thread_id', 'message_id', 'run_id', 'session_id', 'resource_id'];

interface Target {
  readonly method: string;
  readonly path: string;
  readonly body: object | undefined;
}

const anna = await shop.sign({ sub: 'anna' });
const { threadId, runId, messageId } = await say(server, 'CANARY of Anna', { token: anna });
const ids: Readonly<Record<string, string>> = {
  thread_id: threadId,
  session_id: threadId,
  run_id: runId,
  message_id: messageId,
  resource_id: messageId,
  instance: 'any',
};

/** Every address of both wires that has the id of somebody's thing in it, other spellings included. */
async function targets(): Promise<Target[]> {
  const { paths } = (await server.call('//openapi.json')).body as {
    paths: Record<string, Record<string, { 'x-aliases'?: string[] }>>;
  };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([name, operation]) => {
      const method = name.toUpperCase();
      if (!OWNED.some((id) => path.includes(`{${id}}`))) return [];
      const body = BODIES[`${method} ${path}`] ?? (method === 'PATCH' || method === 'POST' ? {} : undefined);
      return [path, ...(operation['x-aliases'] ?? [])].map((one) => ({
        method,
        path: one.replace(/\{(\w+)\}/g, (_, id: string) => ids[id] ?? id),
        body: body && JSON.parse(JSON.stringify(body).replace('RUN', runId)),
      }));
    }),
  );
}

const call = ({ method, path, body }: Target, options: CallOptions) =>
  server.call(`/${path}`, { method, ...options, ...(body ? { body } : {}) });

describe('what belongs to a person', () => {
  let all: Target[];
  const intruders: Record<string, CallOptions> = {};
  beforeAll(async () => {
    all = await targets();
    intruders['another user'] = { token: await shop.sign({ sub: 'ben' }) };
    intruders['a visitor'] = { token: (await server.call('/auth/visitor', { method: 'POST' })).body.access_token };
    intruders['a visitor that a client made up'] = {
      headers: { 'x-ibm-wo-user-id': 'anonymous-0f3a9c1e-1111-4222-8333-444455556666' },
    };
    const made = await server.call('/private/keys', { method: 'POST', token: operator, body: { name: 'bot' } });
    intruders['a program'] = { token: made.body.key };
    intruders['the operator of another tenant'] = { token: await ofAnotherTenant('operator') };
  });

  test('is at these addresses, at least', () => {
    const known = new Set(all.map(({ method, path }) => `${method} ${path}`));
    expect(known.size).toBeGreaterThan(60);
    for (const [method, path] of [
      ['GET', `/api/v1/threads/${threadId}/messages`],
      ['POST', `/v1/orchestrate/runs/cancel/${runId}`],
      ['GET', `/runs/${runId}/events`],
      ['GET', `/sessions/${threadId}`],
    ]) {
      expect([...known]).toContain(`${method} ${path}`);
    }
  });

  test.each([
    'another user',
    'a visitor',
    'a visitor that a client made up',
    'a program',
    'the operator of another tenant',
  ])('does not exist for %s, at any address of either wire', async (name) => {
    const intruder = intruders[name] as CallOptions;
    const wrong: unknown[] = [];
    for (const target of all) {
      const { status, text } = await call(target, intruder);
      if (status !== 404 || text.includes('CANARY'))
        wrong.push([target.method, target.path, status, text.slice(0, 100)]);
    }
    expect(wrong).toEqual([]);
  });

  test.each(['another user', 'a visitor', 'a program', 'the operator of another tenant'])(
    'cannot be named in a body by %s',
    async (name) => {
      const intruder = intruders[name] as CallOptions;
      const post = (path: string, body: object, headers = {}) =>
        server.call(path, { ...intruder, method: 'POST', body, headers: { ...intruder.headers, ...headers } });
      const replies = [
        await post('/orchestrate/runs', { message: MESSAGE, agent_id: 'echo', thread_id: threadId }),
        await post('/orchestrate/runs?stream=true', { message: MESSAGE, agent_id: 'echo', thread_id: threadId }),
        await post('/orchestrate/echo/chat/completions', { messages: [MESSAGE], thread_id: threadId }),
        await post('/orchestrate/echo/chat/completions', { messages: [MESSAGE] }, { 'x-ibm-thread-id': threadId }),
        await post('//runs', { agent_name: 'echo', session_id: threadId, input: [ACP_MESSAGE] }),
        await post('//runs', { agent_name: 'echo', session: { id: threadId, history: [] }, input: [ACP_MESSAGE] }),
      ];
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 404));
    },
  );

  test.each(['another user', 'a visitor', 'a program', 'the operator of another tenant'])(
    'is in no list of %s',
    async (name) => {
      for (const path of [
        '/threads?limit=1000',
        '/orchestrate/runs?limit=1000',
        `/orchestrate/runs?thread_id=${threadId}`,
      ]) {
        const { status, text } = await server.call(path, intruders[name]);
        expect([status, text.includes(threadId)]).toEqual([200, false]);
      }
    },
  );

  test('is as it was, and all there for its owner and for the operator', async () => {
    for (const token of [anna, await server.operator()]) {
      const messages = (await server.call(`/threads/${threadId}/messages`, { token })).body;
      expect(messages).toHaveLength(2);
      expect(messages[0].content[0].text).toBe('CANARY of Anna');
      expect((await server.call(`/orchestrate/runs/${runId}`, { token })).body.status).toBe('completed');
    }
  });
});
