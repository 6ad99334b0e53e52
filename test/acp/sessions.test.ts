import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { answer, said, start } from './start.ts';

const { url, send, get, post, run } = await start();
const texts = async (session: { history: string[] }): Promise<string[]> =>
  Promise.all(
    session.history.map(async (address) =>
      (await (await fetch(address)).json()).parts.map(({ content }: { content: string }) => content).join(''),
    ),
  );

describe('a session', () => {
  it('loses nothing of a hundred runs at once', async () => {
    const id = randomUUID();
    const runs = await Promise.all(Array.from({ length: 100 }, (_, n) => run('echo', `run ${n}`, { session_id: id })));
    expect(runs.map(answer)).toEqual(runs.map((_, n) => `run ${n}`));
    const session = await get(`/sessions/${id}`);
    expect(session.history).toHaveLength(200);
    const all = await texts(session);
    for (let n = 0; n < 100; n += 1) expect(all.filter((text) => text === `run ${n}`)).toHaveLength(2);
  });

  it('keeps several messages of one request, with their roles', async () => {
    const { session_id, output } = await run('echo', '', {
      input: [said('one'), { role: 'agent/other', parts: [{ content: 'two' }] }, said('three')],
    });
    expect(output.map(({ parts }) => parts[0]?.content)).toEqual(['one', 'two', 'three']);
    const { history } = await get(`/session/${session_id}`);
    const roles = await Promise.all(history.map(async (address: string) => (await (await fetch(address)).json()).role));
    expect(roles).toEqual(['user', 'agent/other', 'user', 'agent/echo', 'agent/echo', 'agent/echo']);
  });

  it('has addresses of this server, whatever the client calls it', async () => {
    const { session_id } = await run('echo', 'x');
    const body = await new Promise<string>((resolve, reject) => {
      request(`${url}/sessions/${session_id}`, { headers: { host: 'other.localhost:9' } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      })
        .on('error', reject)
        .end();
    });
    for (const address of JSON.parse(body).history) expect(address).toMatch(new RegExp(`^${url}/resources/`));
  });

  it('that a client brings along goes on here, with the address of its state', async () => {
    const first = await run('echo', 'one');
    const { history } = await get(`/sessions/${first.session_id}`);
    const id = randomUUID();
    const brought = { id, history, state: 'https://example.org/state' };
    const second = await run('echo', 'two', { session: brought });
    expect(second.session_id).toBe(id);
    const described = await get(`/sessions/${id}`);
    expect(described.state).toBe('https://example.org/state');
    expect(await texts(described)).toEqual(['one', 'one', 'two', 'two']);
    await run('echo', 'three', { session: { ...brought, history: [] } });
    expect(await texts(await get(`/sessions/${id}`))).toEqual(['one', 'one', 'two', 'two', 'three', 'three']);
  });

  it('takes messages and state over from another session of the same person, and of nobody else', async () => {
    const other = await run('counter', 'one');
    const { history, state } = await get(`/sessions/${other.session_id}`);
    const id = randomUUID();
    await run('echo', 'two', { session_id: id });
    const session = { id, history, state };
    expect(answer(await run('counter', 'three', { session }))).toBe('Run 2.');
    const described = await get(`/sessions/${id}`);
    expect(await texts(described)).toEqual(['two', 'two', 'one', 'Run 1.', 'three', 'Run 2.']);
    await run('echo', 'four', { session: { ...described, history: [...history, ...described.history] } });
    expect((await get(`/sessions/${id}`)).history).toHaveLength(8);

    const { access_token } = await (
      await send('POST', '/api/v1/auth/token', 'username=eve&password=x', {
        'content-type': 'application/x-www-form-urlencoded',
      })
    ).json();
    const eve = { authorization: `Bearer ${access_token}` };
    for (const brought of [{ history }, { state }]) {
      const body = { agent_name: 'echo', input: [said('x')], session: { id: randomUUID(), ...brought } };
      const reply = await send('POST', '/runs', body, eve);
      expect([reply.status, (await reply.json()).code]).toEqual([404, 'not_found']);
    }
    expect((await send('GET', new URL(state).pathname, undefined, eve)).status).toBe(404);
  });

  it('that is not here is 404 with the code by which the Python client knows it', async () => {
    const response = await send('GET', `/sessions/${randomUUID()}`);
    expect([response.status, (await response.json()).code]).toEqual([404, 'not_found']);
  });

  it.each([
    ['two ids', { session_id: randomUUID(), session: { id: randomUUID(), history: [] } }, 400],
    ['history of another host', { session: { id: randomUUID(), history: ['http://169.254.169.254/x'] } }, 422],
    ['messages instead of addresses', { session: { id: randomUUID(), history: [said('x')] } }, 422],
    ['no UUID', { session_id: 'x' }, 422],
  ])('with %s is refused', async (_, more, status) => {
    const response = await send('POST', '/runs', { agent_name: 'echo', input: [said('x')], ...more });
    expect([response.status, (await response.json()).code]).toEqual([status, 'invalid_input']);
  });
});

it('takes an agent under either of its names', async () => {
  for (const name of ['context_variables_test_agent', 'context-variables-test-agent']) {
    expect(await post('/runs', { agent_name: name, input: [said('x')] })).toMatchObject({
      agent_name: 'context-variables-test-agent',
      output: [{ role: 'agent/context-variables-test-agent' }],
    });
  }
});

it('pages through agents', async () => {
  const names = async (query: string) =>
    (await get(`/agents${query}`)).agents.map(({ name }: { name: string }) => name);
  const all = await names('');
  expect(await names('?limit=2&offset=1')).toEqual(all.slice(1, 3));
  expect(await names('?offset=100')).toEqual([]);
  for (const query of ['?limit=0', '?limit=abc', '?offset=-1', '?limit=1001'])
    expect((await send('GET', `/agents${query}`)).status).toBe(422);
});
