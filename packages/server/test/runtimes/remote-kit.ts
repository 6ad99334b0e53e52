import { expect, onTestFinished } from 'vitest';
import { fold, type RunEvent, textOf } from '../../src/model/index.ts';
import { createAcpRuntime, type Trouble } from '../../src/runtimes/remote/index.ts';
import { createTestEngine } from '../engine/kit.ts';
import { happened, remoteServer, type Script } from './remote-server.ts';

export const SECRET = 'Bearer a-secret-value';

/** An engine whose agent works at a server that plays the script. Its waits take no time. */
export async function near(script: Script, options: { reconnectMs?: number } = {}) {
  const { url, calls } = await remoteServer(script);
  let now = 0;
  const troubles: Trouble[] = [];
  const runtime = createAcpRuntime({
    url,
    agent: 'far',
    headers: { Authorization: SECRET },
    reconnectMs: options.reconnectMs ?? 60_000,
    onTrouble: (trouble) => troubles.push(trouble),
    pace: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
  });
  const engine = createTestEngine({ far: runtime });
  onTestFinished(() => engine.close());
  return { ...engine, calls, troubles };
}

/** A run against the server, once it has ended. */
export async function ran(script: Script, options?: { reconnectMs?: number }) {
  const { send, log, calls, troubles, defects } = await near(script, options);
  const events = await log((await send('far')).run.id);
  expect(defects).toEqual([]);
  return { ...told(events), calls, troubles };
}

/** What a log says. */
export function told(events: readonly RunEvent[]) {
  const state = fold(events);
  return {
    texts: state.messages.map(({ parts }) => textOf(parts)),
    parts: state.messages.flatMap(({ parts }) => parts),
    steps: events.flatMap((event) => (event.type === 'step.started' ? [event.data] : [])).slice(1),
    outputs: state.steps.slice(1).map(({ output, error }) => error ?? output),
    error: state.error,
    status: state.status,
    customs: state.customs,
  };
}

/** How the events of every run begin. */
export const begun = [happened('created'), happened('in-progress')];
/** A server that answers with these events. */
export const answers = (...events: unknown[]): Script => ({
  'POST /': [{ stream: [...begun, ...events, happened('completed')] }],
});
