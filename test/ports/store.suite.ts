import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message, NewEvent, Scope } from '../../packages/server/src/model/index.ts';
import { type After, LeaseLost, type StartRun, type Store } from '../../packages/server/src/ports/index.ts';

/** An adapter under test. `open` gives an empty store each time. */
export interface StoreUnderTest {
  readonly name: string;
  open(): Promise<{ store: Store; close(): Promise<void> }>;
}

const T0 = 1_770_000_000_000;
const RUNNING: After = { status: 'running' };

const anna: Scope = { tenantId: uuid('a0'), userId: uuid('a1'), userName: 'anna', audience: 'user' };
const ben: Scope = { ...anna, userId: uuid('b1'), userName: 'ben' };
const stranger: Scope = { ...anna, tenantId: uuid('c0') };
const operator: Scope = { ...anna, userId: uuid('d1'), audience: 'operator' };

/** The contract of `Store`, run on every adapter. */
export function storeSuite({ name, open }: StoreUnderTest): void {
  describe(`Store on ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    const claim = { worker: 'w', ttlMs: 1000 };
    const begin = async (change: Partial<StartRun> = {}, scope = anna) => {
      const started = await store.startRun(scope, command({ claim, ...change }));
      if (!started.lease) throw new Error('not claimed');
      return { ...started, lease: started.lease };
    };

    describe('startRun', () => {
      it('makes thread, message, run and event 1 in one step', async () => {
        const { run, message, lease, created, after } = await store.startRun(anna, command({ claim: null }));
        expect({ lease, created, after }).toEqual({ lease: null, created: true, after: 0 });
        expect(run).toMatchObject({
          status: 'queued',
          epoch: 0,
          lastSeq: 1,
          messageId: message.id,
          userId: anna.userId,
        });
        expect(await store.readThread(anna, run.threadId)).toMatchObject({
          title: 'Hello',
          agentId: run.agentId,
          status: 'open',
        });
        expect((await store.listMessages(anna, run.threadId, { limit: 10, offset: 0 })).items).toEqual([message]);
        const events = await store.readEvents(anna, run.id, 0, 10);
        expect(events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'run.created']]);
        expect(await store.readRun(anna, run.id)).toEqual(run);
      });

      it('claims in the same step', async () => {
        const { run, lease } = await begin();
        expect(run).toMatchObject({ status: 'running', epoch: 1, lastSeq: 2 });
        expect(lease).toMatchObject({ worker: 'w', epoch: 1 });
        expect(await store.readRun(anna, run.id)).toEqual(run);
        expect(await store.claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1)).toBeUndefined();
      });

      it('keeps the order of a thread and seeds a new one with history', async () => {
        const history = [
          { id: uuid('61'), role: 'user', parts: [{ type: 'text', text: 'one' }], agentName: null },
          { id: uuid('62'), role: 'assistant', parts: [{ type: 'text', text: 'two' }], agentName: 'x' },
        ] as const;
        const { run, lease } = await begin({ history });
        await begin({
          runId: uuid('52'),
          threadId: run.threadId,
          message: say('again'),
          spareMessageId: uuid('99'),
          history,
        });
        const { items, total } = await store.listMessages(anna, run.threadId, { limit: 10, offset: 0 });
        expect(items.map(text)).toEqual(['one', 'two', 'Hello', 'again']);
        expect(total).toBe(4);
        const turn = await store.readTurn(lease, 1);
        expect([turn.input, ...turn.history].map(text)).toEqual(['Hello', 'two']);
      });

      it('refuses a thread that is not there, or somebody else’s', async () => {
        await expect(begin({ thread: 'existing' })).rejects.toMatchObject({ code: 'thread_not_found' });
        const { run } = await begin();
        const again = { runId: uuid('52'), threadId: run.threadId, message: say('x') };
        await expect(begin(again, ben)).rejects.toMatchObject({ code: 'thread_not_found' });
        await expect(begin({ ...again, thread: 'either' }, stranger)).rejects.toMatchObject({
          code: 'thread_not_found',
        });
        expect((await store.listRuns(operator, { limit: 10, offset: 0 })).total).toBe(1);
      });

      it('takes a free message id and not a taken one', async () => {
        const { message } = await begin();
        const second = await begin({
          runId: uuid('52'),
          threadId: uuid('42'),
          message: { ...say('other'), id: message.id },
          spareMessageId: uuid('77'),
        });
        expect(second.message.id).toBe(uuid('77'));
      });

      it('gives the same run for the same key and body, and refuses another body', async () => {
        const once = { key: 'k1', fingerprint: 'f1' };
        const first = await begin({ once });
        const again = await store.startRun(anna, command({ runId: uuid('52'), threadId: uuid('42'), once, claim }));
        expect(again).toMatchObject({
          created: false,
          lease: null,
          after: 0,
          run: { id: first.run.id },
          message: { id: first.message.id },
        });
        await expect(begin({ runId: uuid('53'), once: { ...once, fingerprint: 'f2' } })).rejects.toMatchObject({
          code: 'idempotency_conflict',
        });
        expect(
          (await begin({ runId: uuid('54'), threadId: uuid('44'), once, spareMessageId: uuid('78') }, ben)).created,
        ).toBe(true);
        expect((await store.listRuns(operator, { limit: 10, offset: 0 })).total).toBe(2);
      });

      it('makes one run of a hundred simultaneous sends with one key', async () => {
        const once = { key: 'k', fingerprint: 'f' };
        const all = await Promise.all(
          Array.from({ length: 100 }, (_, n) =>
            store.startRun(anna, command({ runId: uuid(`e${n}`), threadId: uuid(`f${n}`), once, claim: null })),
          ),
        );
        expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
        expect(all.filter(({ created }) => created)).toHaveLength(1);
        expect((await store.listThreads(anna, { limit: 10, offset: 0 })).total).toBe(1);
      });
    });

    describe('leases', () => {
      it('claims the oldest queued run, raises the epoch, and shuts the old worker out', async () => {
        const { lease } = await begin();
        await store.startRun(
          anna,
          command({ runId: uuid('52'), threadId: uuid('42'), claim: null, spareMessageId: uuid('79') }),
        );
        const queued = await store.claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 500);
        expect(queued).toMatchObject({ epoch: 1, run: { id: uuid('52'), status: 'running' } });
        const taken = await store.claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1001);
        expect(taken).toMatchObject({ epoch: 2, run: { id: lease.run.id, lastSeq: 3 } });
        await expect(store.append(lease, 2, [delta('zombie')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
        expect(await store.renew([lease], T0 + 1002)).toEqual({ lost: [lease.run.id], cancelled: [] });
        const log = await store.readEvents(anna, lease.run.id, 0, 10);
        expect(log.map(({ type, seq }) => `${seq} ${type}`)).toEqual([
          '1 run.created',
          '2 run.started',
          '3 run.started',
        ]);
      });

      it('does not let a worker claim from itself', async () => {
        const { lease } = await begin();
        expect(await store.claimRun(claim, T0 + 5000)).toBeUndefined();
        await store.append(lease, 2, [delta('awake again')], RUNNING);
      });

      it('keeps a renewed lease, and gives a released one back', async () => {
        const { lease } = await begin();
        expect(await store.renew([lease], T0 + 900)).toEqual({ lost: [], cancelled: [] });
        expect(await store.claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1500)).toBeUndefined();
        await store.release([lease]);
        expect(await store.readRun(anna, lease.run.id)).toMatchObject({ status: 'queued' });
        await expect(store.append(lease, 2, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
        expect(await store.claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1501)).toMatchObject({ epoch: 2 });
      });

      it('gives one run to one of many workers', async () => {
        await store.startRun(anna, command({ claim: null }));
        const claims = await Promise.all(
          Array.from({ length: 20 }, (_, n) => store.claimRun({ worker: `w${n}`, ttlMs: 1000 }, T0)),
        );
        expect(claims.filter(Boolean)).toHaveLength(1);
      });
    });

    describe('append', () => {
      it('numbers events without gaps and refuses a wrong place', async () => {
        const { lease } = await begin();
        await store.append(lease, 2, [delta('a'), delta('b')], RUNNING);
        await expect(store.append(lease, 3, [delta('c')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
        await store.append(lease, 4, [delta('c')], RUNNING);
        expect((await store.readEvents(anna, lease.run.id, 2, 10)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
        expect((await store.readEvents(anna, lease.run.id, 2, 2)).map(({ seq }) => seq)).toEqual([3, 4]);
      });

      it('stores completed messages with the end, and closes the log', async () => {
        const { lease, message } = await begin();
        const answer = answerTo(message, 'Hi');
        const end: NewEvent[] = [
          { type: 'message.completed', at: T0 + 5, data: { message: answer } },
          { type: 'run.completed', at: T0 + 5, data: { context: {} } },
        ];
        await store.append(lease, 2, end, { status: 'completed' });
        expect(await store.listRunMessages(anna, lease.run.id)).toEqual([answer]);
        expect(await store.readRun(anna, lease.run.id)).toMatchObject({
          status: 'completed',
          endedAt: T0 + 5,
          lastSeq: 4,
        });
        await expect(store.append(lease, 4, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
        expect((await store.readThread(anna, message.threadId)).updatedAt).toBe(T0 + 5);
      });

      it('remembers why a run failed', async () => {
        const { lease } = await begin();
        const error = { code: 'invalid_input', message: 'no' };
        await store.append(lease, 2, [{ type: 'run.failed', at: T0 + 1, data: { error } }], { status: 'failed' });
        expect(await store.readRun(anna, lease.run.id)).toMatchObject({ status: 'failed', error });
      });

      it('keeps the text exactly, whatever it holds', async () => {
        const { lease } = await begin();
        const odd = 'ünï\u2028\u0085 "quotes" \\ \u{1F9F6} \u0007';
        await store.append(lease, 2, [delta(odd)], RUNNING);
        expect((await store.readEvents(anna, lease.run.id, 2, 1))[0]?.data).toMatchObject({ text: odd });
      });
    });

    describe('waiting and cancelling', () => {
      const wait = async (change: Partial<StartRun> = {}) => {
        const begun = await begin(change);
        const asked = answerTo(begun.message, 'Which?');
        const events: NewEvent[] = [
          { type: 'message.completed', at: T0 + 1, data: { message: { ...asked, interrupt: true } } },
          { type: 'run.waiting', at: T0 + 1, data: { waitId: 'w1', messageId: asked.id } },
        ];
        await store.append(begun.lease, 2, events, { status: 'waiting' });
        return { ...begun, asked };
      };
      const cancelled = { type: 'run.cancelled', at: T0 + 9, data: { reason: 'requested' } } as const;

      it('holds no lease while it waits, and queues the run with its answer', async () => {
        const { run, asked } = await wait();
        expect(await store.claimRun(claim, T0 + 99_999)).toBeUndefined();
        const answered = await store.answerRun(anna, run.id, { id: uuid('71'), parts: say('this').parts, at: T0 + 2 });
        expect(answered).toMatchObject({ status: 'queued', lastSeq: 5 });
        const [event] = await store.readEvents(anna, run.id, 4, 10);
        expect(event).toMatchObject({
          type: 'run.resumed',
          data: { waitId: 'w1', answer: { id: uuid('71'), parentId: asked.id, role: 'user' } },
        });
        expect(await store.claimRun(claim, T0 + 3)).toMatchObject({ epoch: 2, run: { id: run.id } });
      });

      it('takes one of two simultaneous answers', async () => {
        const { run } = await wait();
        const answers = await Promise.allSettled(
          ['71', '72'].map((id) => store.answerRun(anna, run.id, { id: uuid(id), parts: say(id).parts, at: T0 + 2 })),
        );
        expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(answers.find((answer) => answer.status === 'rejected')).toMatchObject({
          reason: { code: 'run_not_waiting' },
        });
      });

      it('answers by a send on the thread, once for one key', async () => {
        const { run } = await wait();
        const send = (id: string) =>
          store.startRun(
            anna,
            command({
              runId: uuid(id),
              threadId: run.threadId,
              message: say('this'),
              spareMessageId: uuid(`9${id}`),
              answerWaiting: true,
              claim,
              once: { key: 'a', fingerprint: 'f' },
            }),
          );
        expect(await send('52')).toMatchObject({
          created: true,
          lease: null,
          after: 4,
          run: { id: run.id, status: 'queued' },
        });
        expect(await send('53')).toMatchObject({ created: false, after: 4, run: { id: run.id } });
        expect((await store.listRuns(anna, { limit: 10, offset: 0 })).total).toBe(1);
      });

      it('ends a run at once that nobody works on', async () => {
        const { run } = await wait();
        expect(await store.requestCancel(anna, run.id, cancelled)).toMatchObject({ status: 'cancelled', lastSeq: 5 });
        await expect(store.requestCancel(anna, run.id, cancelled)).rejects.toMatchObject({ code: 'run_ended' });
        await expect(store.answerRun(anna, run.id, { id: uuid('71'), parts: [], at: T0 })).rejects.toMatchObject({
          code: 'run_not_waiting',
        });
      });

      it('marks a run that is worked on, for its worker and the next one', async () => {
        const { lease } = await begin();
        expect(await store.requestCancel(anna, lease.run.id, cancelled)).toMatchObject({
          status: 'running',
          cancelRequested: true,
        });
        expect(await store.renew([lease], T0 + 1)).toEqual({ lost: [], cancelled: [lease.run.id] });
        await store.release([lease]);
        expect(await store.claimRun(claim, T0 + 2)).toMatchObject({ run: { cancelRequested: true } });
      });
    });

    describe('scope', () => {
      it('hides everything from another user and another tenant, and shows an operator its tenant', async () => {
        const { run, message } = await begin();
        const { threadId } = run;
        for (const other of [ben, stranger, { ...stranger, audience: 'operator' } as Scope]) {
          await expect(store.readRun(other, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
          await expect(store.readEvents(other, run.id, 0, 1)).rejects.toMatchObject({ code: 'run_not_found' });
          await expect(store.listRunMessages(other, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
          await expect(
            store.requestCancel(other, run.id, { type: 'run.cancelled', at: 0, data: { reason: '' } }),
          ).rejects.toMatchObject({ code: 'run_not_found' });
          await expect(store.answerRun(other, run.id, { id: uuid('1'), parts: [], at: 0 })).rejects.toMatchObject({
            code: 'run_not_found',
          });
          await expect(store.readThread(other, threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
          await expect(store.updateThread(other, threadId, { at: 0, title: 'x' })).rejects.toMatchObject({
            code: 'thread_not_found',
          });
          await expect(store.deleteThread(other, threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
          await expect(store.listMessages(other, threadId, { limit: 1, offset: 0 })).rejects.toMatchObject({
            code: 'thread_not_found',
          });
          await expect(store.readMessage(other, threadId, message.id)).rejects.toMatchObject({
            code: 'thread_not_found',
          });
          await expect(store.updateMessage(other, threadId, message.id, { at: 0 })).rejects.toMatchObject({
            code: 'thread_not_found',
          });
          expect(await store.listRuns(other, { limit: 10, offset: 0 })).toEqual({ items: [], total: 0 });
          expect(await store.listThreads(other, { limit: 10, offset: 0 })).toEqual({ items: [], total: 0 });
        }
        expect((await store.readRun(operator, run.id)).id).toBe(run.id);
        expect((await store.listThreads(operator, { limit: 10, offset: 0 })).total).toBe(1);
      });
    });

    describe('threads and messages', () => {
      it('lists threads by their last change, in pages', async () => {
        for (const n of [1, 2, 3])
          await store.createThread(anna, { id: uuid(`4${n}`), title: `t${n}`, agentId: null, extra: {}, at: T0 + n });
        await store.updateThread(anna, uuid('41'), { title: 'first', at: T0 + 9 });
        const page = await store.listThreads(anna, { limit: 2, offset: 0 });
        expect(page.items.map(({ title }) => title)).toEqual(['first', 't3']);
        expect(page.total).toBe(3);
        expect((await store.listThreads(anna, { limit: 2, offset: 2 })).items.map(({ title }) => title)).toEqual([
          't2',
        ]);
        expect((await store.listThreads(anna, { limit: 2, offset: 0, agentId: uuid('0') })).total).toBe(0);
      });

      it('changes what it is told and nothing else', async () => {
        const { message } = await begin();
        const changed = await store.updateMessage(anna, message.threadId, message.id, {
          state: { feedback: { up: true } },
          at: T0 + 3,
        });
        expect(changed).toEqual({ ...message, state: { feedback: { up: true } }, updatedAt: T0 + 3 });
        expect(await store.readMessage(anna, message.threadId, message.id)).toEqual(changed);
        await expect(store.readMessage(anna, message.threadId, uuid('0'))).rejects.toMatchObject({
          code: 'message_not_found',
        });
      });

      it('deletes a thread with all that belongs to it', async () => {
        const { lease, run } = await begin({ once: { key: 'k', fingerprint: 'f' } });
        await store.deleteThread(anna, run.threadId);
        await expect(store.readThread(anna, run.threadId)).rejects.toMatchObject({ code: 'thread_not_found' });
        await expect(store.readRun(anna, run.id)).rejects.toMatchObject({ code: 'run_not_found' });
        await expect(store.append(lease, 2, [delta('late')], RUNNING)).rejects.toBeInstanceOf(LeaseLost);
        expect((await begin({ once: { key: 'k', fingerprint: 'other' } })).created).toBe(true);
      });
    });

    it('keeps settings', async () => {
      expect(await store.readSetting('x')).toBeUndefined();
      await store.writeSetting('x', { a: [1] });
      await store.writeSetting('x', { a: [2] });
      expect(await store.readSetting('x')).toEqual({ a: [2] });
      await store.check();
    });
  });
}

function command(change: Partial<StartRun> = {}): StartRun {
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
    history: [],
    context: { a: 1 },
    options: {},
    once: null,
    answerWaiting: false,
    claim: null,
    ...change,
  };
}

let spoken = 0;

function say(words: string) {
  spoken += 1;
  return { id: uuid(`8000${spoken}`), parts: [{ type: 'text', text: words }] as const };
}

function delta(words: string): NewEvent {
  return { type: 'message.delta', at: T0 + 1, data: { messageId: uuid('91'), part: 0, text: words } };
}

function answerTo(message: Message, words: string): Message {
  return {
    ...message,
    id: uuid('91'),
    role: 'assistant',
    parts: [{ type: 'text', text: words }],
    parentId: message.id,
    agentName: 'echo',
  };
}

function text({ parts }: Message): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function uuid(end: string): string {
  return `00000000-0000-4000-8000-${end.padStart(12, '0')}`;
}
