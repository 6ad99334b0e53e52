import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../../packages/server/src/model/index.ts';
import type { After, StartRun, Store } from '../../../packages/server/src/ports/index.ts';
import { anna, command, delta, visitor } from '../store/kit.ts';
import { type Held, KEPT, LOST, type Lots, oneOf, spoken, type World } from './world.ts';

/** A message as somebody sends it, drawn by lot. */
export function starting(world: World, { node, a, b, c }: Lots): Parameters<Store['startRun']> {
  const place = a % (world.threads.length + 1);
  const threadId = world.threads[place] ?? randomUUID();
  const message = {
    id: (c % 9 === 0 && oneOf(world.said, b)) || randomUUID(),
    parts: [{ type: 'text', text: 'hello' }],
  };
  const spareMessageId = randomUUID();
  const old = { id: randomUUID(), role: 'user', parts: message.parts, agentName: null } as const;
  const asked = command({
    runId: randomUUID(),
    at: world.now(),
    threadId,
    thread: place < world.threads.length ? 'either' : 'new',
    message: message as StartRun['message'],
    spareMessageId,
    earlier: c % 8 === 1 ? ([{ ...old, id: randomUUID() }] as StartRun['earlier']) : [],
    history: c % 8 === 2 ? ([{ ...old, origin: `http://other/${b % 3}` }] as StartRun['history']) : [],
    state: c % 8 === 3 ? { source: `http://other/${b % 2}`, value: b } : null,
    answerWaiting: b % 3 === 0,
    doubleTexting: (['enqueue', 'enqueue', 'interrupt', 'reject'] as const)[b % 4] ?? 'enqueue',
    lane: `lane${b % 2}`,
    queue: c % 7 === 0 ? { limit: 3, laneLimit: 2 } : null,
    claim: c % 2 === 0 ? { worker: `w${node % world.stores.length}.0`, ttlMs: 1_000 } : null,
  });
  world.said.push(message.id);
  return [place < KEPT + LOST ? anna : visitor, asked];
}

/** What a worker writes next, drawn by lot: more often than not it goes on, asks or ends well. */
export function writing(world: World, held: Held, lot: number): { events: NewEvent[]; after: After } {
  const at = world.now();
  const message = spoken(held, at);
  const says: NewEvent = { type: 'message.completed', at, data: { message } };
  const piece = delta('a', { messageId: message.id, at });
  const ends: NewEvent = { type: 'run.completed', at, data: { context: {} } };
  const fails: NewEvent = { type: 'run.failed', at, data: { error: { code: 'agent_failed', message: 'm' } } };
  const action = lot % 2 === 0 ? 'resume' : 'fail';
  const expires = lot % 3 === 0 ? { expires: { at: at + 30, action } as const } : {};
  const asks: NewEvent = { type: 'run.waiting', at, data: { waitId: 'w1', messageId: message.id, ...expires } };
  const kinds: { events: NewEvent[]; after: After }[] = [
    { events: [piece], after: { status: 'running' } },
    { events: [piece, piece, says], after: { status: 'running' } },
    { events: [says, { type: 'state.updated', at, data: { state: lot } }], after: { status: 'running' } },
    { events: [says, asks], after: { status: 'waiting' } },
    { events: [piece, says, ends], after: { status: 'completed' } },
    { events: [fails], after: { status: 'failed' } },
    { events: [ends], after: { status: 'completed' } },
    { events: [ends], after: { status: 'completed' } },
  ];
  return kinds[lot % kinds.length] as (typeof kinds)[number];
}
