import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Frame } from './patient-client.ts';

/** What the agents of `project/` are asked for in turns, and what they have to answer. */
export const TASKS = [
  { agent: 'clerk', text: (n: number) => `order ${n}`, answer: clerkText },
  { agent: 'pacer', text: (n: number) => `word${n}`, answer: pacerText },
] as const;

/** Holds that a client got the whole log of its run, each event once, with the whole answer and one end. */
export async function expectWhole(url: string, frames: readonly Frame[], answer: string): Promise<void> {
  const replay = await fetch(`${url}/api/v1/orchestrate/runs/${frames[0]?.data.run_id}/events`);
  expect(frames, 'what was read through all the cuts is the log').toEqual(await replay.json());
  expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
  expect(deltaText(frames), 'the deltas are the answer').toBe(answer);
  expect(createdText(frames)).toBe(answer);
  expect(frames.filter(({ event }) => event === 'run.completed')).toHaveLength(1);
}

/** How to look into the database, whatever it is. */
export interface Look {
  runs(): Promise<readonly { n: number; id: string; status: string }[]>;
  events(run: { n: number }): Promise<readonly { seq: number; type: string; data: Record<string, unknown> }[]>;
  roles(run: { id: string }): Promise<readonly string[]>;
}

/**
 * Logs have no gaps and one end; each run has one question and one answer; a step that was recorded was not done again. `hit`: that runs were interrupted at all;
 * default true.
 */
export async function expectDatabase(
  look: Look,
  entries: readonly LedgerEntry[],
  { hit = true }: { hit?: boolean } = {},
): Promise<void> {
  const runs = await look.runs();
  let attempts = 0;
  for (const run of runs) {
    expect(run.status).toBe('completed');
    const events = await look.events(run);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => /^run\.(completed|failed|cancelled)$/.test(type))).toHaveLength(1);
    let epoch = 0;
    for (const { type, data } of events) {
      if (type === 'run.started') epoch = data.epoch as number;
      if (type !== 'step.completed') continue;
      const name = `entry-${(data.output as { n: number }).n}`;
      const later = entries.filter((entry) => entry.runId === run.id && entry.name === name && entry.attempt > epoch);
      expect(later, 'a finished step is not repeated').toEqual([]);
    }
    attempts += epoch;
    expect(await look.roles(run)).toEqual(['user', 'assistant']);
  }
  if (hit) expect(attempts, 'the failures did hit runs').toBeGreaterThan(runs.length);
}

/** A step that was really done. */
export interface LedgerEntry {
  readonly runId: string;
  readonly name: string;
  readonly attempt: number;
}

export function readLedger(path: string): LedgerEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => {
    const [runId = '', name = '', attempt] = line.split(' ');
    return { runId, name, attempt: Number(attempt) };
  });
}

/** A random number that a failing run can be repeated with. */
export const SEED = Number(process.env.CLEW_TEST_SEED ?? Date.now() % 100_000);

/** Mulberry32: small, and the same everywhere. */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
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
