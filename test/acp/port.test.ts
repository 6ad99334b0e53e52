import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { answer, PROJECT, sdk, speakTo } from './start.ts';

it('ACP has a port of its own when it is given one, and is on the main one, too', async () => {
  const folder = makeTempDir();
  onTestFinished(() => removeTempDir(folder));
  const port = await freePort();
  const { url, stop } = await serve({
    project: PROJECT,
    args: ['--db', join(folder, 'clew.db'), '--acp-port', String(port)],
  });
  const own = `http://127.0.0.1:${port}`;
  const run = await new sdk.Client({ baseUrl: own }).runSync('echo', 'Hello');
  expect(answer(run as never)).toBe('Hello');
  expect(await speakTo(url).get(`/runs/${run.run_id}`)).toEqual(run);
  const elsewhere = await fetch(`${own}/api/v1/threads`);
  expect([elsewhere.status, (await elsewhere.json()).code]).toEqual([404, 'not_found']);
  const both = [`${own}/acp/openapi.json`, `${url}/acp/openapi.json`].map(async (at) => (await fetch(at)).json());
  const [one, other] = await Promise.all(both);
  expect(Object.keys(one.paths)).toEqual(Object.keys(other.paths));
  expect(Object.keys(one.paths)).toContain('/runs/{run_id}/events');
  expect((await stop()).code).toBe(0);
});
