import type { JsonObject, Message, NewEvent, Scope } from '../../../packages/server/src/model/index.ts';
import type { After, Lease, Person, Started, StartRun, Store } from '../../../packages/server/src/ports/index.ts';

/** The store of the test that is running. */
export interface InTest {
  store(): Store;
}

export const T0 = 1_770_000_000_000;
export const RUNNING: After = { status: 'running' };
export const claim = { worker: 'w', ttlMs: 1000 };

export const anna: Scope = { tenantId: uuid('a0'), userId: uuid('a1'), userName: 'anna', audience: 'user' };
export const ben: Scope = { ...anna, userId: uuid('b1'), userName: 'ben' };
export const visitor: Scope = { ...anna, userId: uuid('e1'), userName: 'visitor', audience: 'visitor' };
export const stranger: Scope = { ...anna, tenantId: uuid('c0') };
export const operator: Scope = { ...anna, userId: uuid('d1'), audience: 'operator' };

/** Starts a run and claims it. */
export async function begin(
  store: Store,
  change: Partial<StartRun> = {},
  scope = anna,
): Promise<Started & { lease: Lease }> {
  const started = await store.startRun(scope, command({ claim, ...change }));
  if (!started.lease) throw new Error('not claimed');
  return { ...started, lease: started.lease };
}

/** Ends a run that is worked on; its log so far has `seq` events. */
export function end(store: Store, lease: Lease, { seq = 2, says }: { seq?: number; says?: Message } = {}) {
  const said: NewEvent[] = says ? [{ type: 'message.completed', at: T0 + 5, data: { message: says } }] : [];
  const last: NewEvent = { type: 'run.completed', at: T0 + 5, data: { context: {} } };
  return store.append(lease, seq, [...said, last], { status: 'completed' });
}

export interface Answering {
  readonly scope?: Scope;
  /** What is said, in two pieces. Default `Hi`. */
  readonly words?: readonly [string, string];
  /** What happens between saying and its end. Default: nothing. */
  readonly more?: readonly NewEvent[];
  /** Of the run's end. Default: empty. */
  readonly context?: JsonObject;
}

/** A run that said something and ended: with seven events, and with `more`. */
export async function answered(store: Store, change: Partial<StartRun> = {}, options: Answering = {}) {
  const { scope = anna, words = ['H', 'i'], more = [], context = {} } = options;
  const { run, message, lease } = await begin(store, change, scope);
  const messageId = `9${run.id.slice(1)}`;
  const answer = { ...answerTo(message, words.join('')), id: messageId, runId: run.id };
  const events: NewEvent[] = [
    { type: 'message.started', at: T0 + 1, data: { messageId } },
    delta(words[0], { messageId }),
    delta(words[1], { messageId, at: T0 + 41 }),
    ...more,
    { type: 'message.completed', at: T0 + 80, data: { message: answer } },
    { type: 'run.completed', at: T0 + 80, data: { context } },
  ];
  await store.append(lease, 2, events, { status: 'completed' });
  return { run, answer };
}

export function command(change: Partial<StartRun> = {}): StartRun {
  return {
    runId: uuid('51'),
    at: T0,
    agentId: uuid('11'),
    agentName: 'echo',
    threadId: uuid('41'),
    thread: 'either',
    title: 'Hello',
    message: say('Hello'),
    spareMessageId: uuid('70'),
    earlier: [],
    history: [],
    state: null,
    context: { a: 1 },
    options: {},
    once: null,
    answerWaiting: false,
    doubleTexting: 'enqueue',
    lane: 'default',
    queue: null,
    claim: null,
    ...change,
  };
}

let spoken = 0;

export function say(words: string) {
  spoken += 1;
  return { id: uuid(`8000${spoken}`), parts: [{ type: 'text', text: words }] as const };
}

/** What begins run `n` in a thread of its own. */
export function own(n: number | string): Partial<StartRun> {
  return { runId: uuid(`5${n}`), threadId: uuid(`4${n}`), thread: 'new', message: say(`${n}`) };
}

export function delta(words: string, { messageId = uuid('91'), at = T0 + 1 } = {}): NewEvent {
  return { type: 'message.delta', at, data: { messageId, part: 0, text: words } };
}

export function answerTo(message: Message, words: string): Message {
  return {
    ...message,
    id: uuid('91'),
    role: 'assistant',
    parts: [{ type: 'text', text: words }],
    parentId: message.id,
    agentName: 'echo',
  };
}

export function text({ parts }: Message): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** What names a person, in one channel or in all. */
export function personOf({ tenantId, userId }: Scope, channel?: string): Person {
  return { tenantId, userId, ...(channel === undefined ? {} : { channel }) };
}

export function uuid(end: string): string {
  return `00000000-0000-4000-8000-${end.padStart(12, '0')}`;
}
