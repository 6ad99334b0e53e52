import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallOptions, say, seconds, site, start } from './start.ts';

const PAYER = `export const agent = { name: 'payer', description: 'Pays.' };
export default async function* payer(turn) {
  await turn.setState({ note: 'CANARY of the agent' });
  yield JSON.stringify(await turn.tool('pay', { to: turn.text }));
}`;
const PAY = `import { defineTool, z } from 'clew';
export default defineTool({
  displayName: 'Pay', description: 'Pays.', permission: 'write_only', input: z.object({ to: z.string() }), run: ({ to }) => to,
});`;
const KEEPER = `export const agent = { name: 'keeper', description: 'Keeps a state.' };
export default async function* keeper(turn) {
  await turn.setState({ note: 'CANARY of the agent' });
  yield 'kept';
}`;

const server = await start({ default: { modes: ['signed', 'anonymous', 'apiKey'] } }, [], {
  files: { 'agents/payer.ts': PAYER, 'agents/keeper.ts': KEEPER, 'tools/pay.ts': PAY },
});
afterAll(() => server.end());
const shop = site();
const operator = await server.operator();
const settings = { method: 'POST', token: operator, body: { client_public_key: shop.publicKey } };
await server.call('/private/embed/config', settings);
const anna = await shop.sign({ sub: 'anna' });
const ben = await shop.sign({ sub: 'ben' });
const visitor: string = (await server.call('/auth/visitor', { method: 'POST' })).body.access_token;
const apiKey: string = (
  await server.call('/private/keys', { method: 'POST', token: operator, body: { name: 'program' } })
).body.key;

/** Who is no operator. */
const OTHERS: Readonly<Record<string, CallOptions>> = {
  'another user': { token: ben },
  'a visitor': { token: visitor },
  'a program': { token: apiKey },
};

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
}

/** Every operation of the server, other spellings included. */
async function operations(): Promise<Operation[]> {
  const { paths } = (await server.call('//openapi.json')).body as {
    paths: Record<string, Record<string, { 'x-aliases'?: string[]; security: object[] }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { 'x-aliases': aliases = [], security }]) => {
      const isPublic = security.every((one) => Object.keys(one).length === 0);
      return [path, ...aliases].map((one) => ({ method: method.toUpperCase(), path: one, isPublic }));
    }),
  );
}

/** What operators alone may do, by its address. */
const FOR_OPERATORS = /\/private\/|\/embed\/secure\/|^\/metrics$/;
/** What is somebody's: `isolation.test.ts` asks for it with ids of others. */
const OWNED = /\{(thread|message|run|session|resource)_id\}/;
/** What everybody who comes in may do, in their own name. */
const FOR_ALL =
  /\/threads$|\/runs$|\/runs\/stream$|\/chat\/completions$|\/upload-to-s3$|\/agents$|\/agents\/\{|\/assistants|\/models(\/list)?$|\/tenants$/;

describe('an operation of the server', () => {
  let all: Operation[];
  beforeAll(async () => {
    all = await operations();
  });

  test('is for everybody, for its owner or for operators: a new one is put into one of the three', () => {
    const unknown = all.filter(
      ({ path, isPublic }) => !isPublic && ![FOR_OPERATORS, OWNED, FOR_ALL].some((rule) => rule.test(path)),
    );
    expect(unknown).toEqual([]);
    // What changes something is seldom meant for whoever reaches the server.
    const open = all.filter(({ isPublic, method }) => isPublic && method !== 'GET');
    expect(new Set(open.map(({ path }) => path.split('/').at(-1)))).toEqual(
      new Set(['token', 'visitor', 'logout', 'approve']),
    );
  });

  test.each(Object.keys(OTHERS))('that is for operators is refused to %s, whatever is asked', async (name) => {
    const wrong: unknown[] = [];
    const theirs = all.filter(({ path }) => FOR_OPERATORS.test(path));
    expect(theirs.length).toBeGreaterThan(12);
    for (const { method, path } of theirs) {
      // Other spellings of an address lead to the same handler.
      const isOther = method === 'GET' || !/^\/api\/v1\/private/.test(path);
      for (const body of isOther ? [undefined] : [undefined, {}, { sub: 'anna', dry_run: true }]) {
        const address = `/${path.replace(/\{\w+\}/g, 'default')}`;
        const { status, body: said } = await server.call(address, { ...OTHERS[name], method, body });
        if (status !== 403 || said.code !== 'operator_only') wrong.push([method, path, status, said]);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('that is not public is refused to nobody in particular', async () => {
    const wrong: unknown[] = [];
    for (const { method, path } of all.filter(({ isPublic }) => !isPublic)) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { status } = await server.call(`/${path.replace(/\{\w+\}/g, 'x')}`, { method, body });
      if (status !== 401) wrong.push([method, path, status]);
    }
    expect(wrong).toEqual([]);
  });
});

/** A run of Anna's that waits for an approval. */
async function waiting(token: string): Promise<string> {
  const { body } = await server.call('/orchestrate/runs', {
    method: 'POST',
    token,
    body: { message: { role: 'user', content: 'CANARY' }, agent_id: 'payer' },
  });
  const status = async () => (await server.call(`/orchestrate/runs/${body.run_id}`, { token })).body.status;
  await expect.poll(status).toBe('requires_input');
  return body.run_id;
}

describe('an approval', () => {
  test.each(Object.keys(OTHERS))('of somebody else does not exist for %s', async (name) => {
    const run = await waiting(anna);
    for (const [method, path, body] of [
      ['GET', 'approval', undefined],
      ['POST', 'approval', { decision: 'approve' }],
      ['POST', 'approval', { decision: 'perhaps' }],
      ['POST', 'approval/link', {}],
      ['POST', 'approval/link', { expires_in: -1 }],
    ] as const) {
      const said = await server.call(`/orchestrate/runs/${run}/${path}`, { ...OTHERS[name], method, body });
      expect([path, said.status, said.text.includes('CANARY')]).toEqual([path, 404, false]);
    }
    expect((await server.call(`/orchestrate/runs/${run}`, { token: anna })).body.status).toBe('requires_input');
  });

  test('is asked of a visitor, who gets no link and no list of calls', async () => {
    const run = await waiting(visitor);
    const asked = await server.call(`/orchestrate/runs/${run}/approval`, { token: visitor });
    expect(asked).toMatchObject({ status: 200, body: { calls: [] } });
    const link = await server.call(`/orchestrate/runs/${run}/approval/link`, {
      method: 'POST',
      token: visitor,
      body: {},
    });
    expect(link).toMatchObject({ status: 403, body: { code: 'operator_only' } });
  });
});

test('a credential is good for its own purpose and for no other', async () => {
  const run = await waiting(anna);
  const made = await server.call(`/orchestrate/runs/${run}/approval/link`, { method: 'POST', token: anna, body: {} });
  const form = new FormData();
  form.append('files', new File(['CANARY'], 'notes.txt'));
  const uploaded = await fetch(`${server.url}/api/v1/orchestrate/upload-to-s3`, {
    method: 'POST',
    headers: { authorization: `Bearer ${anna}` },
    body: form,
  });
  const [file] = (await uploaded.json()) as [{ url: string }];
  const { searchParams, pathname } = new URL(file.url);
  const credentials = {
    approval: new URL(made.body.url).searchParams.get('t') as string,
    file: searchParams.get('sig') as string,
    visitor,
    user: anna,
    program: apiKey,
    operator,
  };
  const { visitor_id: id } = (await server.call('/auth/visitor', { method: 'POST', token: visitor })).body;
  const found: Record<string, string[]> = {};
  for (const [name, credential] of Object.entries(credentials)) {
    const good: string[] = [];
    const look = async (use: string, path: string, options: CallOptions = {}) => {
      if ((await server.call(path, options)).status < 300) good.push(use);
    };
    await look('bearer', '/threads', { token: credential });
    await look('x-api-key', '/threads', { headers: { 'x-api-key': credential } });
    await look('operator', '/private/keys', { token: credential });
    await look('x-ibm-wo-user-id', '/threads', { headers: { 'x-ibm-wo-user-id': credential } });
    await look('x-clew-visitor', '/threads', { headers: { 'x-clew-visitor': credential } });
    await look('approval', `//approve?t=${credential}`);
    await look('file', `/${pathname}?exp=${searchParams.get('exp')}&sig=${credential}`);
    await look('file of another time', `/${pathname}?exp=${seconds() + 900}&sig=${credential}`);
    const renewed = await server.call('/auth/visitor', { method: 'POST', token: credential });
    if (renewed.body.visitor_id === id) good.push('visitor');
    found[name] = good;
  }
  expect(found).toEqual({
    approval: ['approval'],
    file: ['file'],
    visitor: ['bearer', 'x-api-key', 'visitor'],
    user: ['bearer', 'x-api-key'],
    program: ['bearer', 'x-api-key'],
    operator: ['bearer', 'x-api-key', 'operator'],
  });
});

test('a visitor is not told what agents keep with its conversation; a user is', async () => {
  for (const [token, mayKnow] of [
    [visitor, false],
    [anna, true],
  ] as const) {
    const { threadId } = await say(server, 'hello', { token, agent: 'keeper' });
    const session = await server.call(`//sessions/${threadId}`, { token });
    expect([session.status, typeof session.body.state]).toEqual([200, mayKnow ? 'string' : 'object']);
    const state = await server.call(`//resources/${threadId}`, { token });
    expect([state.status, state.text.includes('CANARY')]).toEqual(mayKnow ? [200, true] : [404, false]);
  }
});

test('users of a site write nothing that its visitors are shown', async () => {
  for (const [options, status] of [
    [OTHERS['another user'], 403],
    [OTHERS['a program'], 403],
    [OTHERS['a visitor'], 403],
    [{ token: operator }, 201],
  ] as const)
    expect(
      (await server.call('/tenants', { ...options, method: 'POST', body: { name: `named-${status}` } })).status,
    ).toBe(status);
  const long = { name: 'x', title: 'x'.repeat(10_000) };
  expect((await server.call('/tenants', { method: 'POST', token: operator, body: long })).status).toBe(422);
});
