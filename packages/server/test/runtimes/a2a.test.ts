import { describe, expect, test } from 'vitest';
import { startA2aServer } from '../../../../test/kit/a2a-server.ts';
import { createA2aRuntime } from '../../src/runtimes/remote/index.ts';
import { anna } from '../engine/kit.ts';
import { near, SECRET, told } from './a2a-kit.ts';
import { house } from './house.ts';

const raw = (value: string, mediaType: string, filename = '') => ({
  content: { $case: 'raw' as const, value: Buffer.from(value) },
  metadata: undefined,
  filename,
  mediaType,
});
const data = (value: unknown) => ({
  content: { $case: 'data' as const, value },
  metadata: undefined,
  filename: '',
  mediaType: '',
});

describe.each(['0.2.5', '0.3.0', '1.0'] as const)('an agent that speaks A2A %s', (version) => {
  test('works on a task: its results are messages, what it tells of its work is the progress of a step', async () => {
    const { ask, there } = await near(
      ({ said, begin, status, artifact }) => {
        begin();
        status('working', 'Looking at the sky.');
        artifact('answer', [`You said ${said}. `]);
        artifact('answer', ['It rains.'], true);
        artifact('chart', [raw('a,b', 'text/csv', 'rain.csv'), data({ mm: 7 })]);
        status('completed');
      },
      { version, authorization: `Bearer ${SECRET}` },
    );
    const { run, texts, parts, steps, shown, status, outputs } = await ask('rain?');
    expect(status).toBe('completed');
    expect(texts).toEqual(['You said rain?. It rains.', '']);
    expect(parts.slice(1)).toEqual([
      {
        type: 'file',
        contentType: 'text/csv',
        name: 'rain.csv',
        content: Buffer.from('a,b').toString('base64'),
        encoding: 'base64',
      },
      { type: 'file', contentType: 'application/json', content: '{"mm":7}', encoding: 'plain' },
    ]);
    expect(steps).toEqual(['Handing over to far', 'far is working']);
    expect(shown).toBe('Looking at the sky.\n');
    expect(outputs).toMatchObject([
      { task_id: expect.any(String), context_id: expect.any(String) },
      { progress: ['Looking at the sky.'] },
    ]);
    const sent = there.calls.find(({ method }) => method !== 'card');
    expect(sent?.method).toBe(version === '1.0' ? 'SendStreamingMessage' : 'message/stream');
    expect(sent?.params.message.messageId).toBe(run.messageId);

    const next = await ask('and now?', { threadId: run.threadId });
    expect(next.texts[0]).toBe('You said and now?. It rains.');
    const contexts = there.calls.flatMap(({ params }) => params?.message?.contextId ?? []);
    expect(contexts).toHaveLength(2);
    expect(new Set(contexts).size, 'the turns of a thread share a context').toBe(1);
    const elsewhere = await ask('and here?');
    expect(elsewhere.outputs[0]).not.toMatchObject({ context_id: contexts[0] });
  });

  test('asks, and goes on with the same task after the answer', async () => {
    const { ask, answer, there } = await near(
      ({ said, goesOn, begin, status, artifact }) => {
        if (!goesOn) {
          begin();
          return status('input-required', 'Which town?');
        }
        status('working', `Going to ${said}.`);
        artifact('answer', [`It rains in ${said}.`]);
        status('completed');
      },
      { version },
    );
    const asked = await ask();
    expect([asked.status, asked.texts]).toEqual(['waiting', ['Which town?']]);
    const { status, texts, steps, shown } = await answer(asked.run.id, 'Oslo');
    expect([status, texts]).toEqual(['completed', ['Which town?', 'It rains in Oslo.']]);
    expect(shown).toBe('Going to Oslo.\n');
    expect(steps).toEqual([
      'Handing over to far',
      'far is working',
      'Handing the answer over to far',
      'far is working',
    ]);
    const [first, second] = there.calls.filter(({ params }) => params?.message);
    expect(second?.params.message.taskId).toBe((asked.outputs[0] as { task_id: string }).task_id);
    expect(second?.params.message.contextId).toBe(first?.params.message.contextId);
  });

  test('answers without a task', async () => {
    const { ask } = await near(({ said, message }) => message(`Hello, ${said}!`), { version });
    const { texts, steps, status } = await ask('Ann');
    expect([texts, steps, status]).toEqual([['Hello, Ann!'], ['Handing over to far'], 'completed']);
  });

  test('that does not stream is asked until it is done', async () => {
    const { ask, there } = await near(
      async ({ begin, status, artifact }) => {
        begin();
        status('working', 'Wait.');
        await new Promise(setImmediate);
        artifact('answer', ['Done.']);
        status('completed');
      },
      { version, streaming: false },
    );
    const { texts, status } = await ask();
    expect([texts, status]).toEqual([['Done.'], 'completed']);
    expect(there.calls.map(({ method }) => method)).toContain(version === '1.0' ? 'SendMessage' : 'message/send');
  });
});

describe('what servers do in different ways', () => {
  test('last words that only repeat the result are not said twice, others are', async () => {
    const { ask } = await near(({ said, begin, status, artifact }) => {
      begin();
      artifact('a', ['It rains.']);
      status('completed', said);
    });
    expect((await ask('It rains.')).texts).toEqual(['It rains.']);
    expect((await ask('Goodbye.')).texts).toEqual(['It rains.', 'Goodbye.']);
  });

  test('an answer that is told as progress only is the answer', async () => {
    const { ask } = await near(({ begin, status }) => {
      begin();
      status('working', 'Hm.');
      status('working', 'It rains.');
      status('completed');
    });
    expect((await ask()).texts).toEqual(['It rains.']);
  });

  test('a result that is sent whole again grows, and one that changes is said anew', async () => {
    const { ask } = await near(({ begin, status, artifact }) => {
      begin();
      artifact('a', ['It ']);
      artifact('a', ['It rains.']);
      artifact('b', ['Once']);
      artifact('b', ['Twice']);
      status('completed');
    });
    expect((await ask()).texts).toEqual(['It rains.', 'Once', 'Twice']);
  });

  test('an agent that speaks HTTP+JSON only', async () => {
    const about = { taskId: 't', contextId: 'c' };
    const events = [
      { task: { id: 't', contextId: 'c', status: { state: 'TASK_STATE_WORKING' } } },
      { artifactUpdate: { ...about, artifact: { artifactId: 'a', parts: [{ text: 'It rains.' }] } } },
      { statusUpdate: { ...about, status: { state: 'TASK_STATE_COMPLETED' } } },
    ];
    const { ask, there } = await near(() => {}, {
      version: '1.0',
      intercept: ({ path, headers }) => {
        if (path.startsWith('/.well-known')) {
          const url = `http://${headers.host}/rest`;
          const supportedInterfaces = [{ url, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' }];
          return { body: JSON.stringify({ name: 'Far', capabilities: { streaming: true }, supportedInterfaces }) };
        }
        return {
          headers: { 'content-type': 'text/event-stream' },
          body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
        };
      },
    });
    const { texts, status } = await ask();
    expect([texts, status]).toEqual([['It rains.'], 'completed']);
    expect(there.calls.map(({ path }) => path)).toEqual(['/.well-known/agent-card.json', '/rest/message:stream']);
  });

  test('a card that names another origin leads nowhere else, and the agent may be at a path of its server', async () => {
    const { ask, there } = await near(({ message }) => message('Here.'), {
      cardUrl: 'http://0.0.0.0:9999/',
      url: (url) => `${url}/agents/far`,
    });
    expect((await ask()).texts).toEqual(['Here.']);
    expect(there.calls.map(({ method, params }) => (method === 'card' ? params : method))).toEqual([
      '/agents/far/.well-known/agent-card.json',
      '/.well-known/agent-card.json',
      'message/stream',
    ]);
  });

  test('a server that takes only contexts of its own gets the message without one, and its context from then on', async () => {
    const refused = {
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'No such context' } }),
    };
    const { ask, there } = await near(({ message }) => message('Here.'), {
      intercept: ({ method, params }) => {
        const { contextId } = params?.message ?? {};
        const known = there.calls.some(({ params: one }) => one?.message && one.message.contextId === undefined);
        return method === 'message/stream' && contextId && !known
          ? { ...refused, headers: { 'content-type': 'application/json' } }
          : undefined;
      },
    });
    const first = await ask();
    expect(first.texts).toEqual(['Here.']);
    await ask('Again', { threadId: first.run.threadId });
    const contexts = there.calls.flatMap(({ params }) => (params?.message ? [params.message.contextId] : []));
    expect(contexts).toEqual([expect.any(String), undefined, (first.outputs[0] as { context_id: string }).context_id]);
  });
});

test('works for another agent: its steps are steps inside, the person is asked what it asks, and a cancel reaches it', async () => {
  const there = await startA2aServer(({ said, goesOn, begin, status, artifact }) => {
    if (!goesOn) {
      begin();
      return status('input-required', `${said}: which town?`);
    }
    artifact('a', [`It rains in ${said}.`]);
    status('completed');
  });
  const boss = {
    collaborators: ['far'],
    run: async function* (turn: { handOff(name: string, text: string): Promise<string> }) {
      yield `They say: ${await turn.handOff('far', 'Rain')}`;
    },
  };
  const far = { runtime: createA2aRuntime({ url: there.url, agent: 'far', headers: {}, reconnectMs: 1_000 }) };
  const { ask, answer, engine } = await house({ boss, far });
  const { run } = await ask();
  const { texts, steps } = told([...(await engine.readEvents(anna, run.id)), ...(await answer(run.id, 'Oslo'))]);
  expect(texts).toEqual(['Rain: which town?', 'They say: It rains in Oslo.']);
  expect(steps).toEqual([
    'Asking far',
    'Handing over to far',
    'far is working',
    'Handing the answer over to far',
    'far is working',
  ]);

  const other = await ask();
  await engine.cancelRun(anna, other.run.id);
  await expect.poll(() => there.calls.map(({ method }) => method)).toContain('tasks/cancel');
});
