import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { PROJECT, speakTo, start } from './start.ts';

const here = await start();

it('a session goes on at another server that may read this one', async () => {
  const folder = makeTempDir();
  onTestFinished(() => removeTempDir(folder));
  const args = ['--db', join(folder, 'clew.db'), '--acp-history-hosts', new URL(here.url).host];
  const there = speakTo((await serve({ project: PROJECT, args })).url);
  const { session_id } = await here.run('echo', 'one');
  const session = await here.get(`/sessions/${session_id}`);
  await there.run('echo', 'two', { session });
  const { history } = await there.get(`/sessions/${session_id}`);
  const messages = await Promise.all(
    history.map(async (address: string) => {
      expect(address).toContain(there.url);
      const { role, parts } = await (await fetch(address)).json();
      return [role, parts[0].content];
    }),
  );
  expect(messages).toEqual([
    ['user', 'one'],
    ['agent/echo', 'one'],
    ['user', 'two'],
    ['agent/echo', 'two'],
  ]);
  const wrong = { id: randomUUID(), history: [`${here.url}/agents`] };
  const refused = await there.send('POST', '/runs', { agent_name: 'echo', input: [], session: wrong });
  expect([refused.status, (await refused.json()).message]).toEqual([
    422,
    'body.session.history.0 does not lead to a message.',
  ]);
});
