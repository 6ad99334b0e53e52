import { describe, expect, test } from 'vitest';
import { fold } from '../../src/model/index.ts';
import { anna } from '../engine/kit.ts';
import { at, near, SECRET, told, type Work } from './a2a-kit.ts';

/** Works in two halves, with a gate between them. */
function halves() {
  const gate = Promise.withResolvers<void>();
  const work: Work = async ({ begin, status, artifact, cancelled }) => {
    begin();
    status('working', 'First half.');
    artifact('a', ['one ']);
    artifact('a', ['two '], true);
    cancelled.addEventListener('abort', () => gate.resolve());
    await gate.promise;
    if (cancelled.aborted) return;
    artifact('a', ['three '], true);
    artifact('a', ['four'], true);
    status('working', 'Second half.');
    status('completed');
  };
  return { work, open: () => gate.resolve() };
}

const isStream = (method: string) => method.endsWith('stream');

describe('a connection that breaks', () => {
  test('is made again by joining the task, and nothing is said twice or left out', async () => {
    const { work, open } = halves();
    const { ask, there } = await near(work, {
      intercept: ({ method }) => {
        if (method === 'tasks/resubscribe') open();
        return isStream(method) ? { cutAfter: 3 } : undefined;
      },
    });
    const { texts, status, resets } = await ask();
    expect([texts, status, resets]).toEqual([['one two three four'], 'completed', 0]);
    expect(there.calls.filter(({ method }) => isStream(method))).toHaveLength(1);
    expect(there.calls.map(({ method }) => method)).toContain('tasks/get');
  });

  test('to a server that lets nobody join again is followed by reading the task', async () => {
    const { work, open } = halves();
    const error = { code: -32004, message: 'This operation is not supported' };
    const { ask } = await near(work, {
      intercept: ({ method }) => {
        if (method === 'tasks/resubscribe') {
          open();
          return {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ jsonrpc: '2.0', id: 3, error }),
          };
        }
        return isStream(method) ? { cutAfter: 3 } : undefined;
      },
    });
    const { texts, status } = await ask();
    expect([texts, status]).toEqual([['one two three four'], 'completed']);
  });

  test('goes on with the same task after a crash here', async () => {
    const { work, open } = halves();
    const first = await near(work);
    const { run } = await first.send('far');
    await expect.poll(async () => told(await first.engine.readEvents(anna, run.id)).texts).toEqual(['one two ']);
    await first.crash();
    const second = at(first.there.url, { folder: first.folder });
    await expect
      .poll(() => first.there.calls.map(({ method }) => method), { timeout: 20_000 })
      .toContain('tasks/resubscribe');
    open();
    await second.log(run.id);
    const { messages, status } = fold(await second.engine.readEvents(anna, run.id));
    expect(messages.map(({ parts }) => parts)).toEqual([[{ type: 'text', text: 'one two three four' }]]);
    expect(status).toBe('completed');
    expect(first.there.calls.filter(({ method }) => isStream(method))).toHaveLength(1);
  });

  test('to a server that stays away, or forgot the task, fails the run; what was said stays', async () => {
    for (const [intercepted, code] of [
      [{ status: 502, body: 'Bad gateway' }, 'remote_unreachable'],
      [
        {
          body: JSON.stringify({ jsonrpc: '2.0', id: 2, error: { code: -32001, message: 'Task not found' } }),
          headers: { 'content-type': 'application/json' },
        },
        'run_lost',
      ],
    ] as const) {
      const { work } = halves();
      const { ask } = await near(work, {
        intercept: ({ method }) =>
          isStream(method) ? { cutAfter: 3 } : method === 'tasks/get' ? intercepted : undefined,
      });
      const { texts, error } = await ask();
      expect([texts, error?.code]).toEqual([['one '], code]);
    }
  });
});

describe('a question', () => {
  const asking: Work = ({ said, goesOn, begin, status, artifact }) => {
    if (!goesOn) {
      begin();
      return status('input-required', 'Name?');
    }
    artifact('a', [`Hello ${said}`]);
    status('completed');
  };

  test('is answered after a crash, once', async () => {
    const first = await near(asking);
    const { run, status } = await first.ask();
    expect(status).toBe('waiting');
    await first.crash();
    const second = at(first.there.url, { folder: first.folder });
    expect((await second.answer(run.id, 'Ann')).texts).toEqual(['Name?', 'Hello Ann']);
    expect(first.there.calls.filter(({ method }) => isStream(method))).toHaveLength(2);
  });

  test('two questions in one task', async () => {
    let asked = 0;
    const { ask, answer } = await near(({ said, begin, goesOn, status, artifact }) => {
      if (!goesOn) begin();
      asked += 1;
      if (asked < 3) return status('input-required', `Question ${asked}?`);
      artifact('a', [said]);
      status('completed');
    });
    const { run } = await ask();
    expect((await answer(run.id, 'red')).texts).toEqual(['Question 1?', 'Question 2?']);
    expect((await answer(run.id, 'blue')).texts).toEqual(['Question 1?', 'Question 2?', 'blue']);
  });
});

describe('a task that ends badly', () => {
  test.each([
    ['failed', `It broke with Bearer ${SECRET}\nat x`, 'remote_failed', 'It broke with …'],
    ['failed', undefined, 'remote_failed', 'The remote agent failed and did not say why.'],
    ['rejected', 'Not my work.', 'remote_refused', 'Not my work.'],
    ['canceled', undefined, 'remote_failed', 'The task was cancelled at the server of the remote agent.'],
  ] as const)('%s: %s', async (state, words, code, message) => {
    const { ask } = await near(({ begin, status }) => {
      begin();
      status(state, words);
    });
    expect((await ask()).error).toEqual({ code, message });
  });

  test.each([
    ['that refuses the key', { status: 401, body: `Not ${SECRET}` }, 'remote_refused', /does not accept/],
    [
      'that has no card',
      { status: 404, body: '' },
      'remote_malformed',
      /does not speak A2A: it answered with status 404/,
    ],
    ['that is another', { status: 200, body: '{"hello":1}' }, 'remote_malformed', /does not speak A2A/],
    [
      'that sends elsewhere',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'remote_malformed',
      /status 302/,
    ],
    ['that is down', { status: 503 }, 'remote_unreachable', /cannot be reached/],
  ] as const)('a server %s', async (_, intercepted, code, message) => {
    const { ask, troubles } = await near(() => {}, { intercept: () => intercepted });
    const { error } = await ask();
    expect(error).toEqual({ code, message: expect.stringMatching(message) });
    expect(troubles).toHaveLength(1);
    expect(JSON.stringify([error, troubles])).not.toContain(SECRET);
  });

  test('a server that is not there', async () => {
    const { there, ask } = await near(() => {});
    await there.close();
    expect((await ask()).error?.code).toBe('remote_unreachable');
  });
});

describe('a cancel', () => {
  test('goes to the task there', async () => {
    const { work } = halves();
    const { send, engine, log, there } = await near(work);
    const { run } = await send('far');
    await expect.poll(async () => told(await engine.readEvents(anna, run.id)).texts).toEqual(['one two ']);
    await engine.cancelRun(anna, run.id);
    const events = await log(run.id);
    expect(events.at(-1)?.type).toBe('run.cancelled');
    expect(told(events).texts).toEqual(['one two ']);
    await expect.poll(() => there.calls.map(({ method }) => method)).toContain('tasks/cancel');
  });

  test('goes to a task that was answered, though the server does not name it then', async () => {
    const said = { kind: 'message', messageId: 'm', role: 'agent', parts: [{ kind: 'text', text: 'Noted.' }] };
    let streams = 0;
    const { ask, engine, log, there } = await near(
      ({ begin, status }) => {
        begin();
        status('input-required', 'Name?');
      },
      {
        intercept: ({ method }) => {
          if (!isStream(method)) return undefined;
          streams += 1;
          if (streams === 1) return undefined;
          return {
            headers: { 'content-type': 'text/event-stream' },
            body: `data: ${JSON.stringify({ jsonrpc: '2.0', id: 3, result: said })}\n\n`,
          };
        },
      },
    );
    const { run } = await ask();
    await engine.answerRun(anna, run.id, { parts: [{ type: 'text', text: 'Ann' }] });
    await expect
      .poll(() => there.calls.map(({ method }) => method), { timeout: 20_000 })
      .toContain('tasks/resubscribe');
    await engine.cancelRun(anna, run.id);
    expect((await log(run.id, run.lastSeq)).at(-1)?.type).toBe('run.cancelled');
    await expect.poll(() => there.calls.map(({ method }) => method)).toContain('tasks/cancel');
  });

  test('of a run that waits goes there, too', async () => {
    const { ask, engine, there } = await near(({ begin, status }) => {
      begin();
      status('input-required', 'Name?');
    });
    const { run } = await ask();
    await engine.cancelRun(anna, run.id);
    await expect.poll(() => there.calls.map(({ method }) => method)).toContain('tasks/cancel');
  });
});
