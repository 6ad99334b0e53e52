import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { type Answered, createTestWire, frames, VISITOR } from './kit.ts';
import { outline } from './logs.ts';

const RUNS = '/api/v1/orchestrate/runs';
const nobody = '00000000-0000-4000-8000-000000000000';

/** Says three words, each of which a step of its own comes before. */
const chatty: Runtime['run'] = async (_turn, emit) => {
  for (const word of ['one', 'two', 'three']) {
    await emit.step({ kind: 'tool', name: word, title: word, input: {} }, () => word);
    emit.text(word);
    await emit.flush();
  }
};
const asker: Runtime['run'] = async (_turn, emit) => {
  const answer = await emit.ask([{ type: 'text', text: 'Which?' }]);
  emit.text(textOf(answer.parts));
};

function events(answered: Answered): unknown {
  return JSON.parse(answered.text);
}

describe('the events of a run', () => {
  test('are, as an array, what its stream said', async () => {
    const { ask, say } = createTestWire({ chatty });
    const shown = await say('x');
    const answered = await ask(`GET ${RUNS}/${shown[0]?.data.run_id}/events?stream_timeout=1000`);
    expect(answered.headers['Content-Type']).toBe('application/json');
    expect(events(answered)).toEqual(shown);
  });

  test('go on after each cursor with exactly the rest', async () => {
    const { ask, say } = createTestWire({ chatty });
    const shown = await say('x');
    const path = `${RUNS}/${shown[0]?.data.run_id}/events`;
    for (const [i, { id }] of shown.entries()) {
      expect(frames(await ask(`GET ${path}?after=${id}`))).toEqual(shown.slice(i + 1));
    }
    expect(frames(await ask(`GET ${path}?after=`))).toEqual(shown);
  });

  test('come in the framing that is asked for', async () => {
    const { ask, say } = createTestWire({ chatty });
    const shown = await say('x');
    const path = `${RUNS}/${shown[0]?.data.run_id}/events`;
    const sse = await ask(`GET ${path}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': shown[1]?.id as string },
    });
    expect(sse.headers['Content-Type']).toBe('text/event-stream; charset=utf-8');
    expect(sse.text.startsWith(`id: ${shown[2]?.id}\ndata: {"id": "${shown[2]?.id}", `)).toBe(true);
    expect(sse.text.split('\n\n').length - 1).toBe(shown.length - 2);
    const lines = await ask(`GET ${path}`, { headers: { accept: 'application/x-ndjson' } });
    expect(lines.headers['Content-Type']).toBe('application/x-ndjson; charset=utf-8');
    expect(frames(lines)).toEqual(shown);
    expect(
      (await ask(`GET ${path}`, { headers: { 'last-event-id': shown[1]?.id as string } })).headers['Content-Type'],
    ).toBe('text/event-stream; charset=utf-8');
  });

  test.each(['1-0', 'x', '1770397025369', '99999999999999-0', '-1-0', '1-0-0'])(
    'after a cursor that nobody got are refused: %s',
    async (cursor) => {
      const { ask, say } = createTestWire({ chatty });
      const [started] = await say('x');
      const answered = await ask(`GET ${RUNS}/${started?.data.run_id}/events?after=${cursor}`);
      expect(answered).toMatchObject({ status: 409, body: { code: 'cursor_unknown', detail: expect.any(String) } });
    },
  );

  test('after a cursor just beyond what was given in its millisecond are refused', async () => {
    const { ask, say } = createTestWire({ chatty });
    const shown = await say('x');
    const [ms, n] = (shown.at(-1)?.id ?? '').split('-');
    const answered = await ask(`GET ${RUNS}/${shown[0]?.data.run_id}/events?after=${ms}-${Number(n) + 1}`);
    expect(answered).toMatchObject({ status: 409, body: { code: 'cursor_unknown' } });
  });

  test('go on after a frame that this caller does not see', async () => {
    const { ask, say } = createTestWire({ chatty });
    const shown = await say('x');
    const path = `${RUNS}/${shown[0]?.data.run_id}/events`;
    const hidden = shown.findIndex(({ event }) => event === 'run.step.delta');
    const visible = shown.filter(({ event }) => event !== 'run.step.delta').map(({ id }) => id);
    const rest = frames(await ask(`GET ${path}?after=${shown[hidden]?.id}`, { scope: VISITOR }));
    expect(rest.map(({ id }) => id)).toEqual(visible.slice(hidden));
  });

  test.each([
    [nobody, 404, 'run_not_found'],
    ['x', 422, 'invalid_request'],
  ])('of run %s are refused', async (id, status, code) => {
    const { ask } = createTestWire({ chatty });
    expect(await ask(`GET ${RUNS}/${id}/events`, { headers: { accept: 'text/event-stream' } })).toMatchObject({
      status,
      body: { code },
    });
  });
});

describe('a stream that is joined in the middle', () => {
  test('gives what is stored and then what comes', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Runtime['run'] = async (_turn, emit) => {
      emit.text('before');
      await emit.flush();
      await held;
      emit.text(' after');
    };
    const { ask, open } = createTestWire({ slow });
    const first = await open(`POST ${RUNS}?stream=true`, { body: { message: { content: 'x' } } });
    if (!('stream' in first)) throw new Error('no stream');
    let text = '';
    for await (const chunk of first.stream) {
      text += chunk;
      if (text.includes('before')) break;
    }
    const seen = frames({ status: 200, headers: {}, body: undefined, text });
    const path = `${RUNS}/${seen[0]?.data.run_id}/events`;
    const joined = ask(`GET ${path}?after=${seen[2]?.id}`);
    release();
    const rest = frames(await joined);
    expect([...seen.slice(0, 3), ...rest]).toEqual(events(await ask(`GET ${path}`)));
    expect(rest.at(-1)?.event).toBe('done');
  });

  test('ends when the client goes away, while the run goes on', async () => {
    const { ask, open, settled } = createTestWire({ chatty });
    const client = new AbortController();
    const reply = await open(`POST ${RUNS}?stream=true`, {
      body: { message: { content: 'x' } },
      signal: client.signal,
    });
    if (!('stream' in reply)) throw new Error('no stream');
    let text = '';
    for await (const chunk of reply.stream) {
      text += chunk;
      client.abort();
    }
    const { run_id } = JSON.parse(text.split('\n')[0] as string).data;
    await settled(run_id);
    expect(outline(events(await ask(`GET ${RUNS}/${run_id}/events`)) as never).at(-1)).toBe('done');
  });
});

describe('a run that waits', () => {
  test('lets a reader go who did not know, and holds one who did until the answer', async () => {
    const { ask, say } = createTestWire({ asker });
    const question = await say('go');
    const { run_id, thread_id } = question[0]?.data ?? {};
    const path = `${RUNS}/${run_id}/events`;
    expect(frames(await ask(`GET ${path}?after=${question[0]?.id}`))).toEqual(question.slice(1));

    const held = ask(`GET ${path}?after=${question.at(-1)?.id}`);
    const rest = await say('this', { thread_id });
    expect(frames(await held)).toEqual(rest);
  });
});
