import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ROOT, type ServedProcess, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';

/** What the chart lets Kubernetes ask, in front of real servers. */

/** More than a node lets probe its streams at once. */
const STRANGERS = 40;
const DRAIN_MS = 3_000;

const deployment = readFileSync(join(ROOT, 'deploy/helm/clew/templates/deployment.yaml'), 'utf8');
const [, ALIVE = ''] = /livenessProbe:\n +httpGet:\n +path: (\S+)/.exec(deployment) ?? [];
const READY = '/health';

async function ask({ url }: ServedProcess, path: string): Promise<number> {
  const response = await fetch(url + path);
  await response.text();
  return response.status;
}

const start = (...args: string[]) => serve({ args: ['--db', join(tempDir(), 'clew.db'), ...args] });

describe('the probes of the chart', () => {
  test('a node says that it lives while strangers keep all of its stream probes open', async () => {
    const node = await start();
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const { signal } = stop;
    const slow = `${node.url}/health/stream?chunks=1&idle=60`;
    const strangers = await Promise.all(Array.from({ length: STRANGERS }, () => fetch(slow, { signal })));
    expect(strangers.some(({ status }) => status === 429)).toBe(true);
    expect(await ask(node, ALIVE)).toBe(200);
    expect(await ask(node, READY)).toBe(200);
  });

  test('a node that is told to end is not ready from then on, but lives and answers until it has drained', async () => {
    const node = await start('--drain-ms', String(DRAIN_MS));
    expect(await ask(node, READY)).toBe(200);
    const ended = node.stop('SIGTERM');
    let ready = 200;
    while (ready === 200) {
      await wait(20);
      ready = await ask(node, READY);
    }
    expect(ready).toBe(503);
    expect(await ask(node, ALIVE)).toBe(200);
    expect(await ended).toEqual({ code: 0, signal: null });
  });
});
