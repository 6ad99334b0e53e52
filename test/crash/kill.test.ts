import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { converse, type Frame } from './patient-client.ts';

const RUNS = 60;
const KILLS = 25;
const LEASE_MS = 5_000;

/** A random number that a failing run can be repeated with. */
const seed = Number(process.env.CLEW_TEST_SEED ?? Date.now() % 100_000);

it(`loses, doubles and repeats nothing over ${KILLS} kills (CLEW_TEST_SEED=${seed})`, async () => {
  const folder = tempDir();
  const ledger = join(folder, 'ledger');
  const file = join(folder, 'clew.db');
  writeFileSync(ledger, '');
  const random = randomFrom(seed);
  const port = await freePort();
  const start = () =>
    serve({
      project: join(import.meta.dirname, 'project'),
      port,
      args: ['--db', file, '--lease-ms', String(LEASE_MS)],
      env: { CLEW_TEST_LEDGER: ledger },
    });
  let server = await start();
  const { url } = server;

  const killer = (async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, random() * 250));
      await server.stop('SIGKILL');
      server = await start();
    }
    return Date.now();
  })();
  const conversations: Promise<Frame[]>[] = [];
  let lastRestart: number | undefined;
  void killer.then((at) => {
    lastRestart = at;
  });
  // Conversations begin all the time that the server is being killed: there is always something to lose.
  for (let n = 0; n < RUNS || lastRestart === undefined; n += 1) {
    conversations.push(
      converse(url, n % 2 === 0 ? { agent: 'clerk', text: `order ${n}` } : { agent: 'pacer', text: `word${n}` }),
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const restarted = await killer;
  const all = await Promise.all(conversations);
  const recovered = Date.now() - restarted;

  for (const [n, frames] of all.entries()) {
    const runId = frames[0]?.data.run_id;
    const replay = await fetch(`${url}/api/v1/orchestrate/runs/${runId}/events`);
    expect(frames, 'what was read through all the cuts is the log').toEqual(await replay.json());
    expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
    const text = n % 2 === 0 ? clerkText(`order ${n}`) : pacerText(`word${n}`);
    expect(deltaText(frames), 'the deltas are the answer').toBe(text);
    expect(createdText(frames)).toBe(text);
    expect(frames.filter(({ event }) => event === 'run.completed')).toHaveLength(1);
  }
  expect((await server.stop()).code).toBe(0);
  checkDatabase(file, readLedger(ledger));
  expect(recovered, 'every run ends within twice the lease after the last restart').toBeLessThan(2 * LEASE_MS);
});

/** Logs have no gaps and one end; the thread has one question and one answer; a step that was recorded was not done again. */
function checkDatabase(file: string, entries: readonly LedgerEntry[]): void {
  const db = new DatabaseSync(file, { readOnly: true });
  const runs = db.prepare('SELECT n, id, status FROM runs').all() as { n: number; id: string; status: string }[];
  let attempts = 0;
  for (const run of runs) {
    expect(run.status).toBe('completed');
    const events = db.prepare('SELECT seq, type, data FROM events WHERE run_n = ? ORDER BY seq').all(run.n) as {
      seq: number;
      type: string;
      data: string;
    }[];
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => /^run\.(completed|failed|cancelled)$/.test(type))).toHaveLength(1);
    let epoch = 0;
    for (const { type, data } of events) {
      if (type === 'run.started') epoch = JSON.parse(data).epoch;
      if (type !== 'step.completed') continue;
      const name = `entry-${JSON.parse(data).output.n}`;
      const later = entries.filter((entry) => entry.runId === run.id && entry.name === name && entry.attempt > epoch);
      expect(later, 'a finished step is not repeated').toEqual([]);
    }
    attempts += epoch;
    const messages = db.prepare('SELECT role FROM messages WHERE run_id = ?').all(run.id);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  }
  expect(attempts, 'the kills did hit runs').toBeGreaterThan(runs.length);
  db.close();
}

interface LedgerEntry {
  readonly runId: string;
  readonly name: string;
  readonly attempt: number;
}

function readLedger(path: string): LedgerEntry[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [runId = '', name = '', attempt] = line.split(' ');
    return { runId, name, attempt: Number(attempt) };
  });
}

function clerkText(order: string): string {
  return [1, 2, 3].map((n) => `Entry ${n} for ${order} is made.\n`).join('');
}

function pacerText(word: string): string {
  return Array.from({ length: 40 }, (_, n) => `${word}-${n + 1} `).join('');
}

function deltaText(frames: readonly Frame[]): string {
  return frames
    .filter(({ event }) => event === 'message.delta')
    .map(({ data }) => (data as { delta: { content: { text: string }[] } }).delta.content[0]?.text)
    .join('');
}

function createdText(frames: readonly Frame[]): string | undefined {
  const created = frames.find(({ event }) => event === 'message.created');
  return (created?.data as { message: { content: { text: string }[] } } | undefined)?.message.content[0]?.text;
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
