import { expect, onTestFinished } from 'vitest';
import { type A2aServerOptions, startA2aServer, type Worker } from '../../../../test/kit/a2a-server.ts';
import { fold, type RunEvent, textOf } from '../../src/model/index.ts';
import { createA2aRuntime, type Trouble } from '../../src/runtimes/remote/index.ts';
import { anna, createTestEngine } from '../engine/kit.ts';
import { fakePace } from './recorder.ts';

export const SECRET = 'a-secret-value';

export type Work = (worker: Worker) => Promise<void> | void;

/** An engine whose agent `far` works at an A2A server that does `work`. Its waits take no time. */
export async function near(work: Work, options: A2aServerOptions & { readonly url?: (url: string) => string } = {}) {
  const there = await startA2aServer(work, options);
  return { there, ...at(options.url?.(there.url) ?? there.url) };
}

/** An engine whose agent `far` is at this address; a folder is that of an engine that crashed. */
export function at(url: string, { folder, reconnectMs = 1_000 }: { folder?: string; reconnectMs?: number } = {}) {
  const troubles: Trouble[] = [];
  const runtime = createA2aRuntime({
    url,
    agent: 'far',
    headers: { Authorization: `Bearer ${SECRET}` },
    reconnectMs,
    onTrouble: (trouble) => troubles.push(trouble),
    pace: fakePace(),
  });
  const around = createTestEngine({ far: runtime }, { settings: { coalesceMs: 0 }, ...(folder ? { folder } : {}) });
  onTestFinished(() => around.close().catch(() => {}));
  return {
    ...around,
    troubles,
    async ask(text = 'Hello', more: object = {}) {
      const { run } = await around.send('far', text, more);
      const events = await around.log(run.id);
      expect(around.defects).toEqual([]);
      return { run, events, ...told(events) };
    },
    /** What the log says after the answer. */
    async answer(runId: string, text: string) {
      const before = await around.engine.readEvents(anna, runId);
      await around.engine.answerRun(anna, runId, { parts: [{ type: 'text', text }] });
      await around.log(runId, before.length);
      return told(await around.engine.readEvents(anna, runId));
    },
  };
}

/** What a log says. */
export function told(events: readonly RunEvent[]) {
  const state = fold(events);
  return {
    texts: state.messages.map(({ parts }) => textOf(parts)),
    parts: state.messages.flatMap(({ parts }) => parts),
    steps: events.flatMap((event) => (event.type === 'step.started' ? [event.data.title] : [])),
    outputs: state.steps.map(({ output, error }) => error ?? output),
    /** What was shown while steps were in progress. */
    shown: events.flatMap((event) => (event.type === 'step.delta' ? [event.data.text] : [])).join(''),
    error: state.error,
    status: state.status,
    resets: events.filter(({ type }) => type === 'message.reset').length,
  };
}
