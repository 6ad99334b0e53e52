import { describe, expect, it } from 'vitest';
import { anna, begin, ben, claim, command, end, type InTest, operator, say, stranger, T0, text, uuid } from './kit.ts';

/** Cases of the contract of `Store`: startRun. */
export function startRunCases({ store }: InTest): void {
  describe('startRun', () => {
    it('makes thread, message, run and event 1 in one step', async () => {
      const { run, message, lease, created, after } = await store().startRun(anna, command({ claim: null }));
      expect({ lease, created, after }).toEqual({ lease: null, created: true, after: 0 });
      expect(run).toMatchObject({
        status: 'queued',
        epoch: 0,
        lastSeq: 1,
        messageId: message.id,
        userId: anna.userId,
      });
      expect(await store().readThread(anna, run.threadId)).toMatchObject({
        title: 'Hello',
        agentId: run.agentId,
        status: 'open',
      });
      expect((await store().listMessages(anna, run.threadId, { limit: 10, offset: 0 })).items).toEqual([message]);
      const events = await store().readEvents(anna, run.id, 0, 10);
      expect(events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'run.created']]);
      expect(await store().readRun(anna, run.id)).toEqual(run);
    });

    it('claims in the same step', async () => {
      const { run, lease } = await begin(store());
      expect(run).toMatchObject({ status: 'running', epoch: 1, lastSeq: 2 });
      expect(lease).toMatchObject({ worker: 'w', epoch: 1 });
      expect(await store().readRun(anna, run.id)).toEqual(run);
      expect(await store().claimRun({ worker: 'x', ttlMs: 1000 }, T0 + 1)).toBeUndefined();
    });

    it('keeps the order of a thread and seeds a new one with history', async () => {
      const history = [
        { id: uuid('61'), role: 'user', parts: [{ type: 'text', text: 'one' }], agentName: null },
        { id: uuid('62'), role: 'assistant', parts: [{ type: 'text', text: 'two' }], agentName: 'x' },
      ] as const;
      const { run, lease } = await begin(store(), { history });
      const turn = await store().readTurn(lease, 1);
      expect([...turn.inputs, ...turn.history].map(text)).toEqual(['Hello', 'two']);
      await end(store(), lease);
      await begin(store(), {
        runId: uuid('52'),
        threadId: run.threadId,
        message: say('again'),
        spareMessageId: uuid('99'),
        history,
      });
      const { items, total } = await store().listMessages(anna, run.threadId, { limit: 10, offset: 0 });
      expect(items.map(text)).toEqual(['one', 'two', 'Hello', 'again']);
      expect(total).toBe(4);
    });

    it('keeps all messages that were sent together', async () => {
      const parts = [{ type: 'text', text: 'before' }] as const;
      const first = await begin(store());
      expect((await store().readTurn(first.lease, 10)).inputs).toEqual([first.message]);
      await end(store(), first.lease);
      const { run, lease, inputs, message } = await begin(store(), {
        runId: uuid('52'),
        threadId: first.run.threadId,
        message: say('last'),
        earlier: [
          { id: uuid('63'), role: 'assistant', parts, agentName: 'x' },
          { id: uuid('64'), role: 'user', parts, agentName: null, extra: { a: 1 } },
        ],
      });
      expect(inputs.map(({ id, role, runId }) => [id, role, runId])).toEqual([
        [uuid('63'), 'assistant', null],
        [uuid('64'), 'user', run.id],
        [message.id, 'user', run.id],
      ]);
      expect(await store().readTurn(lease, 10)).toEqual({ inputs, history: [first.message, ...inputs.slice(0, -1)] });
      const { items } = await store().listMessages(anna, run.threadId, { limit: 10, offset: 0 });
      expect(items.map(text)).toEqual(['Hello', 'before', 'before', 'last']);
      expect(await store().listRunMessages(anna, run.id)).toEqual([]);
    });

    it('refuses a thread that is not there, or somebody else’s', async () => {
      await expect(begin(store(), { thread: 'existing' })).rejects.toMatchObject({ code: 'thread_not_found' });
      const { run } = await begin(store());
      const again = { runId: uuid('52'), threadId: run.threadId, message: say('x') };
      await expect(begin(store(), again, ben)).rejects.toMatchObject({ code: 'thread_not_found' });
      await expect(begin(store(), { ...again, thread: 'either' }, stranger)).rejects.toMatchObject({
        code: 'thread_not_found',
      });
      expect((await store().listRuns(operator, { limit: 10, offset: 0 })).total).toBe(1);
    });

    it('takes a free message id and not a taken one', async () => {
      const { message } = await begin(store());
      const second = await begin(store(), {
        runId: uuid('52'),
        threadId: uuid('42'),
        message: { ...say('other'), id: message.id },
        spareMessageId: uuid('77'),
      });
      expect(second.message.id).toBe(uuid('77'));
    });

    it('gives the same run for the same key and body, and refuses another body', async () => {
      const once = { key: 'k1', fingerprint: 'f1' };
      const first = await begin(store(), { once });
      const again = await store().startRun(anna, command({ runId: uuid('52'), threadId: uuid('42'), once, claim }));
      expect(again).toMatchObject({
        created: false,
        lease: null,
        after: 0,
        run: { id: first.run.id },
        message: { id: first.message.id },
      });
      await expect(begin(store(), { runId: uuid('53'), once: { ...once, fingerprint: 'f2' } })).rejects.toMatchObject({
        code: 'idempotency_conflict',
      });
      expect(
        (await begin(store(), { runId: uuid('54'), threadId: uuid('44'), once, spareMessageId: uuid('78') }, ben))
          .created,
      ).toBe(true);
      expect((await store().listRuns(operator, { limit: 10, offset: 0 })).total).toBe(2);
    });

    it('makes one run of a hundred simultaneous sends with one key', async () => {
      const once = { key: 'k', fingerprint: 'f' };
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          store().startRun(anna, command({ runId: uuid(`e${n}`), threadId: uuid(`f${n}`), once, claim: null })),
        ),
      );
      expect(new Set(all.map(({ run }) => run.id)).size).toBe(1);
      expect(all.filter(({ created }) => created)).toHaveLength(1);
      expect((await store().listThreads(anna, { limit: 10, offset: 0 })).total).toBe(1);
    });
  });
}
