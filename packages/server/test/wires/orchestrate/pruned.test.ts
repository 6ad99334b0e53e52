import { expect, test } from 'vitest';
import type { Runtime, Store } from '../../../src/ports/index.ts';
import { anna, createTestWire, frames } from './kit.ts';

const RUNS = '/api/v1/orchestrate/runs';

const rich: Runtime['run'] = async (_turn, emit) => {
  emit.text('Let me ');
  emit.text('look.');
  await emit.flush();
  await emit.step({ kind: 'tool', name: 'look', title: 'Look', input: {} }, () => 'found');
  emit.part({ type: 'citation', title: 'T', url: null, body: 'b' } as never);
  emit.text('Here: ');
  await emit.flush();
  emit.part({ type: 'item', item: { response_type: 'image', source: 'https://x.example/y.png' } } as never);
  emit.text('Done.');
};
const asker: Runtime['run'] = async (turn, emit) => {
  emit.text('Before.');
  const answer = await emit.ask([{ type: 'text', text: 'Which?' }]);
  await rich(turn, emit, new AbortController().signal as never);
  emit.text(`Thanks for ${answer.parts.length}.`);
};

function pruning(runtimes: Record<string, Runtime['run']>) {
  let store: Store | undefined;
  const kit = createTestWire(runtimes, { wrap: (one) => (store = one) });
  return { ...kit, prune: () => (store as Store).pruneDeltas(Date.now() + 1_000, 100) };
}

test.each(['rich', 'asker'])('cursors stay good when deltas were pruned: %s', async (agent) => {
  const { ask, say, prune, agent: named } = pruning({ rich, asker });
  const first = await say('x', { agent_id: named(agent).id });
  const { run_id, thread_id } = (first[0] as { data: object }).data as { run_id: string; thread_id: string };
  if (agent === 'asker') await say('this', { agent_id: named(agent).id, thread_id });
  const path = `${RUNS}/${run_id}/events`;
  const before = JSON.parse((await ask(`GET ${path}`)).text) as { id: string; event: string }[];
  const { events } = await prune();
  expect(events).toBeGreaterThan(3);

  const after = JSON.parse((await ask(`GET ${path}`)).text) as typeof before;
  const left = new Set(after.map(({ id }) => id));
  expect(after).toEqual(before.filter(({ id }) => left.has(id)));
  expect(after.some(({ event }) => event === 'message.delta')).toBe(false);
  expect(after.filter(({ event }) => event === 'message.created')).toEqual(
    before.filter(({ event }) => event === 'message.created'),
  );
  for (const [at, { id }] of before.entries()) {
    const rest = before.slice(at + 1).filter((one) => left.has(one.id));
    expect(frames(await ask(`GET ${path}?after=${id}`)), `after ${id}`).toEqual(rest);
  }
  const [ms, n] = (before.at(-1)?.id ?? '').split('-');
  expect(await ask(`GET ${path}?after=${ms}-${Number(n) + 1}`)).toMatchObject({ status: 409 });
});

test('a reader in the middle of a long log goes on when it is pruned under it', async () => {
  // More than one batch of the tail: what comes after the first is pruned before it is read.
  const long: Runtime['run'] = async (_turn, emit) => {
    for (let n = 0; n < 1_500; n += 1) {
      emit.text(`${n} `);
      await emit.flush();
    }
  };
  const { engine, ask, say, prune } = pruning({ long });
  const shown = await say('x');
  const runId = String(shown[0]?.data.run_id);
  const tail = engine.tail(anna, runId, 0)[Symbol.asyncIterator]();
  const seen = [...((await tail.next()).value ?? [])];
  const half = seen.at(-1)?.seq ?? 0;
  await prune();
  for (let next = await tail.next(); !next.done; next = await tail.next()) seen.push(...next.value);
  expect(seen.filter(({ seq }) => seq > half).map(({ type }) => type)).toEqual([
    'log.pruned',
    'message.completed',
    'run.completed',
  ]);

  // The same over the wire: who has half of it gets the rest under the ids that it always had.
  const { openProjection, project } = await import('../../../src/wires/orchestrate/project.ts');
  const { runView } = await import('../../../src/wires/orchestrate/views.ts');
  const run = await engine.library.readRun(anna, runId);
  const state = openProjection(runView(engine, anna, { run, multipleContent: false }));
  const ids = seen.flatMap((event) => project(state, event)).map(({ id }) => id);
  expect(ids.slice(-5)).toEqual(shown.slice(-5).map(({ id }) => id));
  expect(frames(await ask(`GET ${RUNS}/${runId}/events?after=${shown[700]?.id}`))).toEqual(shown.slice(-5));
});
