import { afterAll, describe, expect, it } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { answer, sdk, sse } from './start.ts';

const folder = makeTempDir();
const { url, stop } = await serve({ args: ['--db', `${folder}/clew.db`, '--grace-ms', '0'] });
afterAll(async () => {
  await stop();
  removeTempDir(folder);
});
const client = new sdk.Client({ baseUrl: url });
const part = (content: string, content_type = 'text/plain') => ({
  content,
  content_type,
  content_encoding: 'plain' as const,
});
const ask = async (agent: string, ...parts: ReturnType<typeof part>[]) =>
  client.runSync(agent, [{ role: 'user', parts, created_at: null, completed_at: null }]);

/** Each agent of the lab as the table in its README says it, over ACP with the published client. */
describe('the lab', () => {
  it('echo and mime-types give back each part, in one message', async () => {
    const parts = [part('hi'), part('{}', 'application/json'), part('<p>', 'text/html')];
    for (const agent of ['echo', 'mime-types']) {
      const { output } = await ask(agent, ...parts);
      expect(output.map((message) => message.parts)).toEqual([parts]);
    }
  });

  it('slow-echo gives the words back one at a time, and can be cancelled on the way', async () => {
    const words = [];
    for await (const event of client.runStream('slow-echo', 'one two three'))
      if (event.type === 'message.part') words.push(event.part.content);
    expect(words).toEqual(['one', ' two', ' three']);
    const { run_id } = await client.runAsync('slow-echo', 'word '.repeat(100));
    await expect.poll(async () => (await client.runStatus(run_id)).output.length).toBe(1);
    expect((await client.runCancel(run_id)).status).toBe('cancelling');
    await expect.poll(async () => (await client.runStatus(run_id)).status).toBe('cancelled');
  });

  it('awaiter asks, and answers with the reply', async () => {
    const asked = await ask('awaiter', part('go'));
    expect(asked).toMatchObject({ status: 'awaiting', output: [] });
    const message = { role: 'user', parts: [part('42')], created_at: null, completed_at: null };
    const run = await client.runResumeSync(asked.run_id, { type: 'message', message });
    expect([run.status, answer(run as never)]).toEqual(['completed', 'You answered: 42']);
  });

  it('failer fails with invalid_input', async () => {
    expect(await ask('failer', part('x'))).toMatchObject({ status: 'failed', error: { code: 'invalid_input' } });
  });

  it('sessioner gives back every message of the session', async () => {
    await client.withSession(async (session) => {
      await session.runSync('echo', 'one');
      const { output } = await session.runSync('sessioner', 'two');
      expect(output.map(({ parts }) => parts[0]?.content)).toEqual(['one', 'one', 'two']);
    });
  });

  it('citer cites a part of its text', async () => {
    const [message] = (await ask('citer', part('x'))).output;
    expect(message?.parts).toMatchObject([
      { content: expect.any(String) },
      { metadata: { kind: 'citation', start_index: 0, end_index: 27, url: 'https://en.wiktionary.org/wiki/clew' } },
    ]);
  });

  it('context-reader sees what it declared', async () => {
    expect(JSON.parse(answer((await ask('context-reader', part('x'))) as never))).toEqual({ wxo_email_id: 'local' });
  });

  it.each([
    'echo',
    'mime-types',
    'slow-echo',
    'citer',
    'context-reader',
    'awaiter',
    'failer',
    'sessioner',
    'burst 300 0',
  ])('%s is read later as its events told it', async (input) => {
    const { run_id } = await ask(input.split(' ')[0] as string, part(input), part('{}', 'application/json'));
    const last = (await client.runEvents(run_id)).at(-1) as { run?: object };
    const run = await (await fetch(`${url}/runs/${run_id}`)).json();
    expect(run).toEqual(last.run);
    expect(run.output.length > 0 || run.status !== 'completed').toBe(true);
  });

  it('burst says all of its pieces, in time proportional to their number', async () => {
    const response = await fetch(`${url}/runs`, {
      method: 'POST',
      body: JSON.stringify({ agent_name: 'burst', mode: 'stream', input: [{ parts: [part('burst 2000 0')] }] }),
    });
    const events = sse(await response.text());
    const said = events.map((event) => (event.type === 'message.part' ? event.part.content : '')).join('');
    expect(said).toHaveLength(40_000);
    const last = events.at(-1);
    expect(last?.type === 'run.completed' && answer(last.run)).toBe(said);
  });
});
