import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { answer, PROJECT, said, speakTo } from './start.ts';

const folder = makeTempDir();
const served: ServedProcess[] = [];
async function another(project?: string) {
  const db = join(folder, `${served.length}.db`);
  const one = await serve({
    ...(project ? { project } : {}),
    args: ['--db', db, '--grace-ms', '0', '--acp-history-hosts', '127.0.0.1'],
  });
  served.push(one);
  return speakTo(one.url);
}
afterAll(async () => {
  await Promise.all(served.map(({ stop }) => stop()));
  removeTempDir(folder);
});

type Server = Awaited<ReturnType<typeof another>>;
let a: Server;
let b: Server;
beforeAll(async () => {
  a = await another(PROJECT);
  b = await another(PROJECT);
});

const texts = (history: string[]) =>
  Promise.all(history.map(async (address) => (await (await fetch(address)).json()).parts[0].content));

describe('a session on two servers in turn', () => {
  it('has 1, then 3, then 7 messages, as the SDK has it', async () => {
    const [first, second] = [await another(), await another()];
    let session: { id: string; history: string[] } = { id: randomUUID(), history: [] };
    const counts = [];
    for (const server of [first, second, first]) {
      counts.push((await server.run('sessioner', 'Hi', { session })).output.length);
      session = await server.get(`/sessions/${session.id}`);
    }
    expect(counts).toEqual([1, 3, 7]);
    expect(session.history).toHaveLength(14);
    for (const address of session.history) expect(address).toContain(first.url);
    await second.run('echo', 'last', { session });
    const { history } = await second.get(`/sessions/${session.id}`);
    expect(await texts(history)).toEqual([...(await texts(session.history)), 'last', 'last']);
  });

  it('gains what came elsewhere, in its order, and each message once', async () => {
    const { session_id } = await a.run('echo', 'one');
    await b.run('echo', 'two', { session: await a.get(`/sessions/${session_id}`) });
    const session = await b.get(`/sessions/${session_id}`);
    for (const address of session.history) expect(address).toContain(b.url);
    await a.run('echo', 'three', { session });
    await a.run('echo', 'four', { session });
    const all = ['one', 'one', 'two', 'two', 'three', 'three', 'four', 'four'];
    const back = await a.get(`/sessions/${session_id}`);
    expect(await texts(back.history)).toEqual(all);
    await b.run('echo', 'five', { session: back });
    expect(await texts((await b.get(`/sessions/${session_id}`)).history)).toEqual([...all, 'five', 'five']);
  });

  it('gains a message once when many runs bring it at the same time', async () => {
    const { session_id } = await a.run('echo', 'one');
    await b.run('echo', 'two', { session: await a.get(`/sessions/${session_id}`) });
    const session = await b.get(`/sessions/${session_id}`);
    await Promise.all(Array.from({ length: 10 }, (_, n) => a.run('echo', `run ${n}`, { session })));
    const all = await texts((await a.get(`/sessions/${session_id}`)).history);
    expect(all).toHaveLength(24);
    expect(all.filter((text) => text === 'two')).toHaveLength(2);
  });

  it('is refused whole when a message cannot be had: the run does not begin', async () => {
    const { session_id } = await a.run('echo', 'one');
    const before = await a.get(`/sessions/${session_id}`);
    const { history } = await b.get(`/sessions/${(await b.run('echo', 'two')).session_id}`);
    const refused = (last: string) =>
      a.send('POST', '/runs', {
        agent_name: 'echo',
        input: [said('x')],
        session: { id: session_id, history: [...history, last] },
      });
    const many = { id: session_id, history: Array.from({ length: 1001 }, (_, n) => `${b.url}/resources/${n}`) };
    const tooMany = await a.send('POST', '/runs', { agent_name: 'echo', input: [said('x')], session: many });
    expect([tooMany.status, (await tooMany.json()).message]).toEqual([
      422,
      'body.session.history has more than 1000 messages that are not here.',
    ]);
    for (const [address, message] of [
      [`${b.url}/agents`, 'body.session.history.2 does not lead to a message.'],
      [`${b.url}/resources/${randomUUID()}`, /could not be read\.$/],
      ['http://169.254.169.254/x', /not on a host that this server may read from\.$/],
    ] as const) {
      const reply = await refused(address);
      expect([reply.status, (await reply.json()).message]).toEqual([
        422,
        typeof message === 'string' ? message : expect.stringMatching(message),
      ]);
    }
    expect(await a.get(`/sessions/${session_id}`)).toEqual(before);
  });
});

describe('the state of a session', () => {
  it('goes along, newest last', async () => {
    let session: { id: string; history: string[]; state: string | null } = {
      id: randomUUID(),
      history: [],
      state: null,
    };
    const said: string[] = [];
    for (const server of [a, a, b, b, a, b]) {
      said.push(answer(await server.run('counter', 'go', { session })));
      session = await server.get(`/sessions/${session.id}`);
      expect(session.state).toContain(`${server.url}/resources/${session.id}`);
    }
    expect(said).toEqual([1, 2, 3, 4, 5, 6].map((n) => `Run ${n}.`));
    const resource = await fetch(session.state ?? '');
    expect(resource.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await resource.json()).toEqual({ runs: 6 });
  });

  it('that cannot be read fails the run that asks for it, and no other', async () => {
    const session = { id: randomUUID(), history: [], state: `${b.url}/resources/${randomUUID()}` };
    expect(await a.run('echo', 'x', { session })).toMatchObject({ status: 'completed' });
    expect(await a.run('counter', 'x', { session })).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', data: { code: 'state_unavailable' } },
    });
    expect((await a.get(`/sessions/${session.id}`)).state).toBe(session.state);
  });
});
