import type { Message, NewEvent, Scope } from '../../packages/server/src/model/index.ts';
import type { StartRun, Store } from '../../packages/server/src/ports/index.ts';
import { FIRST_AT, type Filled, runId, TENANT, threadId, userId, users } from './fill.ts';

const CLAIM = { worker: 'bench', ttlMs: 60_000 };
const PAGE = { limit: 20, offset: 0 };

function start(at: number, thread: string, mode: StartRun['thread']): StartRun {
  const id = crypto.randomUUID();
  return {
    runId: id,
    at,
    agentId: 'agent',
    agentName: 'agent',
    threadId: thread,
    thread: mode,
    title: 't',
    message: { id: crypto.randomUUID(), parts: [{ type: 'text', text: 'Hello' }] },
    spareMessageId: crypto.randomUUID(),
    earlier: [],
    history: [],
    state: null,
    context: {},
    options: {},
    once: { key: id, fingerprint: 'f' },
    answerWaiting: true,
    claim: CLAIM,
    doubleTexting: 'enqueue',
    lane: 'shop',
    queue: null,
  };
}

/** Everything that is asked of the store while people talk, and what is asked in order to forget, by name. */
export function questions(store: Store, filled: Filled): Readonly<Record<string, () => Promise<unknown>>> {
  const middle = Math.floor(filled.runs / 2 / 1_000) * 1_000 + 500;
  const run = runId(middle);
  const thread = threadId(Math.floor((middle - 1) / 3) + 1);
  const user = (Math.floor((middle - 1) / 3) + 1) % users(filled);
  const scope: Scope = { tenantId: TENANT, userId: userId(user), userName: 'u', audience: 'user' };
  const operator: Scope = { ...scope, audience: 'operator' };
  const now = FIRST_AT + filled.runs * 1_000 + 1_000;
  const delta: NewEvent = { type: 'message.delta', at: now, data: { messageId: 'm', part: 0, text: 'x' } };
  const person = { tenantId: TENANT, userId: userId(1) };
  const ended = (message: Message): NewEvent[] => [
    { type: 'message.completed', at: now, data: { message: { ...message, id: crypto.randomUUID() } } },
    { type: 'run.completed', at: now, data: { context: {} } },
  ];

  return {
    'a message to a new thread, and its answer': async () => {
      const { lease, message } = await store.startRun(scope, start(now, crypto.randomUUID(), 'new'));
      if (!lease) throw new Error('It was not claimed.');
      await store.append(lease, 2, [delta], { status: 'running' });
      await store.renew([lease], now);
      await store.readLog(lease);
      await store.readTurn(lease, 50);
      await store.append(lease, 3, ended(message), { status: 'completed' });
    },
    'a message to a thread that there is': () => store.startRun(scope, start(now, thread, 'existing')),
    'a message that is sent twice': async () => {
      const command = start(now, thread, 'existing');
      await store.startRun(scope, command);
      await store.startRun(scope, command);
    },
    'a claim from the queue': async () => {
      const lease = await store.claimRun({ worker: 'another', ttlMs: 60_000 }, now);
      if (lease) await store.release([lease]);
    },
    'questions that are over': () =>
      store.expireWaits(FIRST_AT + 5_000, {
        type: 'run.failed',
        at: now,
        data: { error: { code: 'x', message: 'x' } },
      }),
    'a cancel': () =>
      store
        .requestCancel(scope, runId(2), { type: 'run.cancelled', at: now, data: { reason: 'requested' } })
        .catch(() => {}),
    'a stream, from its beginning and from a cursor': async () => {
      await Promise.all([store.readEvents(scope, run, 0, 1_000), store.readEvents(scope, run, 7, 1_000)]);
    },
    'the facts of a run': () => store.readMilestones(scope, run),
    'an archived log, and its facts': async () => {
      await Promise.all([store.readEvents(operator, runId(500), 7, 1_000), store.readMilestones(operator, runId(500))]);
    },
    'a run': () => store.readRun(scope, run),
    'runs of a thread': () => store.listRuns(scope, { threadId: thread, ...PAGE }),
    'runs of a person': () => store.listRuns(scope, PAGE),
    'messages of a run': () => store.listRunMessages(scope, run),
    'threads of a person': () => store.listThreads(scope, PAGE),
    'a thread': () => store.readThread(scope, thread),
    'messages of a thread': () => store.listMessages(scope, thread, PAGE),
    'the ids of messages': () => store.listMessageIds(scope, thread),
    'a message by its id': async () => {
      const [first] = await store.listMessageIds(scope, thread);
      await store.findMessage(scope, first?.id ?? '');
    },
    'what is measured of an agent': () => store.measureAgent(scope, 'agent', 100),
    'a ceiling': () =>
      store
        .takeQuotas([{ key: 'k', slot: 's', amount: 1, limit: 9, until: now + 1_000 }], now)
        .then(() => store.returnQuotas('s')),
    'a person who signs in': () =>
      store.moveThreads({ ...scope, userId: userId(3) }, { ...scope, userId: userId(4), userName: 'v' }),
    'what there is of a person': () => store.measurePerson(person),
    'erasing a person': async () => {
      const threads = await store.threadsOf(person, 50);
      await store.removeThreads(threads, null);
      await store.forgetPerson(person);
    },
    'threads that are too old': async () => {
      const idle = { users: FIRST_AT + 900_000, visitors: FIRST_AT + 900_000 };
      const { threads } = await store.idleThreads(idle, 0);
      await store.removeThreads(threads.slice(0, 25), idle);
    },
    'pruning deltas': () => store.pruneDeltas(FIRST_AT + 10_000_000, 25),
    'archiving logs': () => store.archiveRuns(FIRST_AT + 1_000_000_000, 25),
    partitions: () => store.maintain({ users: FIRST_AT, visitors: FIRST_AT }),
    'deleting a thread': () => store.deleteThread(scope, thread),
  };
}
