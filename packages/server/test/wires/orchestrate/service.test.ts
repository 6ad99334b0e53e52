import { health, modelList, tenants, token } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anna, createTestWire } from './kit.ts';

const agents = { guide: async () => {} };

describe('sign-in', () => {
  test('works as the ADK does it: a token, a tenant of its name, a token for that', async () => {
    const { ask } = createTestWire(agents);
    const person = { username: 'wxo.archer@ibm.com', password: 'any' };
    const first = await ask('POST /api/v1/auth/token', { body: person });
    expect(token.parse(first.body)).toEqual({
      access_token: `${person.username}@undefined`,
      token_type: 'bearer',
      expires_in: 60,
    });

    const before = (await ask('GET /api/v1/tenants')).body;
    expect(tenants.parse(before)).toMatchObject([{ id: anna.tenantId, name: 'local' }]);
    const made = await ask('POST /api/v1/tenants', { body: { name: 'wxo-dev', title: 'Development', tags: ['test'] } });
    expect(made).toMatchObject({ status: 201, body: { id: anna.tenantId, name: 'wxo-dev', tags: ['test'] } });
    expect(await ask('POST /api/v1/tenants', { body: { name: 'wxo-dev' } })).toEqual(made);
    expect((await ask('GET /api/v1/tenants')).body).toEqual([...before, made.body]);

    const second = await ask(`POST /api/v1/auth/token?tenant_id=${made.body.id}`, { body: person });
    expect(second.body.access_token).toBe(`${person.username}@${anna.tenantId}`);
  });

  test.each<[string, unknown, object[]]>([
    ['', {}, [{ loc: ['body', 'username'] }, { loc: ['body', 'password'] }]],
    ['', undefined, [{ loc: ['body'] }]],
    ['?tenant_id=x', { username: 'a', password: 'b' }, [{ loc: ['query', 'tenant_id'] }]],
    [
      '?tenant_id=00000000-0000-4000-8000-000000000000',
      { username: 'a', password: 'b' },
      [{ loc: ['query', 'tenant_id'] }],
    ],
  ])('refuses %s %j', async (query, body, detail) => {
    const { ask } = createTestWire(agents);
    expect(await ask(`POST /auth/token${query}`, { body })).toMatchObject({
      status: 422,
      body: { detail, code: 'invalid_request' },
    });
  });

  test('is the only thing besides health that needs no identity', () => {
    const { wire } = createTestWire(agents);
    const open = wire.endpoints.filter(({ access }) => access === 'public').map(({ path }) => path);
    expect(open.map((path) => path.slice('/api/v1/'.length))).toEqual([
      'auth/token',
      'auth/visitor',
      'auth/challenge',
      'auth/logout',
      'auth/channel',
      'health/alive',
      'health/ready',
    ]);
  });
});

test('models are those that agents name', async () => {
  const { ask } = createTestWire(agents);
  const { body } = await ask('GET /v1/models/list');
  expect(modelList.parse(body)).toEqual(body);
  expect(body.resources).toMatchObject([{ name: 'test', is_default: true }]);
  expect((await ask('GET /v1/models')).body).toEqual([]);
});

describe('health', () => {
  test.each(['/api/v1', '/v1', ''])('is told under %s', async (base) => {
    const { ask } = createTestWire(agents);
    for (const what of ['alive', 'ready']) {
      const { status, body } = await ask(`GET ${base}/health/${what}`);
      expect([status, health.parse(body)]).toEqual([200, { status: 'ok', version: '1.2.3' }]);
    }
  });

  test('is bad while the store cannot be read', async () => {
    const broken = () => Promise.reject(new Error('no disk'));
    const { ask } = createTestWire(agents, { wrap: (store) => ({ ...store, listThreads: broken }) as typeof store });
    expect(await ask('GET /health/ready')).toMatchObject({ status: 503, body: { status: 'unavailable' } });
    expect((await ask('GET /health/alive')).status).toBe(200);
  });
});

describe('every endpoint', () => {
  test('has an address of its own and describes itself', () => {
    const { wire } = createTestWire(agents);
    const seen = new Set<string>();
    for (const { method, path, aliases, summary, schemas } of wire.endpoints) {
      expect(path.startsWith('/api/v1/'), path).toBe(true);
      expect(summary).not.toBe('');
      for (const spelling of [path, ...aliases]) {
        const address = `${method} ${spelling.replace(/\{\w+\}/g, '{}')}`;
        expect(seen.has(address), address).toBe(false);
        seen.add(address);
      }
      const described = [schemas.body, schemas.query, schemas.reply].filter((schema) => schema !== undefined);
      for (const schema of described) expect(() => z.toJSONSchema(schema, { io: 'input' })).not.toThrow();
    }
  });

  test('leaves the addresses of ACP alone', () => {
    const { wire } = createTestWire(agents);
    const bare = wire.endpoints
      .flatMap(({ path, aliases }) => [path, ...aliases])
      .filter((path) => /^\/(ping|agents|runs|sessions?|resources)(\/|$)/.test(path));
    expect(bare).toEqual([]);
  });
});
