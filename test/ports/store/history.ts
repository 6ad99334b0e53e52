import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../packages/server/src/model/index.ts';
import { anna, begin, ben, command, end, type InTest, operator, RUNNING, say, T0, text, uuid } from './kit.ts';

const source = 'https://b.example/state';

/** Cases of the contract of `Store`: what a client brings along from elsewhere. */
export function historyCases({ store }: InTest): void {
  const copy = (id: string, words: string, origin = `https://b.example/${words}`) =>
    ({ id: uuid(id), role: 'user', parts: [{ type: 'text', text: words }], agentName: null, origin }) as const;
  const again = (n: string, change: object = {}) =>
    store().startRun(
      anna,
      command({ runId: uuid(`5${n}`), message: say(`run ${n}`), spareMessageId: uuid(`7${n}`), ...change }),
    );
  const said = async () => (await store().listMessages(anna, uuid('41'), { limit: 100, offset: 0 })).items.map(text);

  describe('messages from elsewhere', () => {
    it('join a thread that exists, each once, before what is sent, and nothing is dropped', async () => {
      await again('1', { history: [copy('61', 'one')] });
      await again('2', { history: [copy('62', 'one'), copy('63', 'two'), copy('64', 'three')] });
      await again('3', { history: [copy('65', 'three')] });
      expect(await said()).toEqual(['one', 'run 1', 'two', 'three', 'run 2', 'run 3']);
      const ids = await store().listMessageIds(anna, uuid('41'));
      expect(ids.map(({ origin }) => origin)).toEqual([
        'https://b.example/one',
        undefined,
        'https://b.example/two',
        'https://b.example/three',
        undefined,
        undefined,
      ]);
      expect(await store().readMessage(anna, uuid('41'), uuid('63'))).toMatchObject({
        ...copy('63', 'two'),
        runId: null,
        createdAt: T0,
      });
      expect(ids[2]).toEqual({ id: uuid('63'), origin: 'https://b.example/two' });
    });

    it('are read by the agent that they come with', async () => {
      await end(store(), (await begin(store(), { message: say('run 1') })).lease);
      const { lease } = await begin(store(), {
        runId: uuid('52'),
        message: say('now'),
        spareMessageId: uuid('72'),
        history: [copy('61', 'elsewhere')],
      });
      const { inputs, history } = await store().readTurn(lease, 10);
      expect([history.map(text), inputs.map(text)]).toEqual([['run 1', 'elsewhere'], ['now']]);
    });

    it('come once when many bring them at the same time', async () => {
      const n = Array.from({ length: 20 }, (_, i) => String(100 + i));
      await Promise.all(n.map((i) => again(i, { history: [copy(`6${i}1`, 'one'), copy(`6${i}2`, 'two')] })));
      const all = await said();
      expect(all).toHaveLength(22);
      expect(all.slice(0, 2)).toEqual(['one', 'two']);
    });

    it('may be copies of the same in two threads', async () => {
      await again('1', { history: [copy('61', 'one')] });
      await again('2', { threadId: uuid('42'), history: [copy('62', 'one')] });
      expect(await store().listMessageIds(anna, uuid('42'))).toHaveLength(2);
      await expect(store().listMessageIds(ben, uuid('42'))).rejects.toMatchObject({ code: 'thread_not_found' });
    });
  });

  describe('the state of a thread', () => {
    const leave = (state: string): NewEvent => ({ type: 'state.updated', at: T0 + 1, data: { state } });
    const kept = () => store().readThreadState(anna, uuid('41'));

    it('is what an agent left last, in the transaction of its event', async () => {
      const { lease } = await begin(store());
      expect(await kept()).toBeUndefined();
      await store().append(lease, 2, [leave('a'), leave('b')], RUNNING);
      expect(await kept()).toEqual({ value: 'b', version: 2 });
      await expect(store().append(lease, 2, [leave('late')], RUNNING)).rejects.toThrow();
      expect(await kept()).toEqual({ value: 'b', version: 2 });
      await expect(store().readThreadState(ben, uuid('41'))).rejects.toMatchObject({ code: 'thread_not_found' });
      expect(await store().readThreadState(operator, uuid('41'))).toEqual({ value: 'b', version: 2 });
    });

    it('that a client brings takes its place, once', async () => {
      const { lease } = await begin(store(), { state: { source } });
      expect(await kept()).toEqual({ source, version: 1 });
      await store().append(lease, 2, [leave('a')], RUNNING);
      await again('2', { state: { source } });
      expect(await kept()).toEqual({ source, value: 'a', version: 2 });
      await again('3', { state: { source: `${source}?2`, value: [1] } });
      await again('4');
      expect(await kept()).toEqual({ source: `${source}?2`, value: [1], version: 3 });
    });
  });
}
