import { describe, expect, test } from 'vitest';
import { AgentError, textOf } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { type AgentFunction, type AgentMetadata, createCodeRuntime } from '../../src/runtimes/code/index.ts';
import { createEchoRuntime } from '../../src/runtimes/index.ts';
import { attempt, fakePace, message, turnOf, Waiting } from './recorder.ts';

let pace = fakePace();

function load(name: string): Promise<{ default: AgentFunction; agent: AgentMetadata }> {
  return import(`../../../../examples/lab/agents/${name}.ts`);
}

async function runtime(name: string): Promise<Runtime> {
  pace = fakePace();
  return createCodeRuntime((await load(name)).default, { pace });
}

test('echo and mime-types give the parts back', async () => {
  const parts = [
    { type: 'text', text: 'Howdy', contentType: 'text/csv' },
    { type: 'file', contentType: 'image/png', content: 'aGk=', encoding: 'base64' },
  ] as const;
  expect((await attempt(createEchoRuntime(), turnOf(parts))).messages).toEqual([parts]);
});

describe('slow-echo', () => {
  const file = { type: 'file', contentType: 'image/png', url: 'https://example.com/a.png' } as const;

  test('words and parts, 100 ms apart', async () => {
    const slow = await attempt(await runtime('slow-echo'), turnOf([{ type: 'text', text: ' One two\n three ' }, file]));
    expect(slow.calls).toEqual(['text  One', 'text  two', 'text \n three ', 'part file']);
    expect(pace.sleeps).toEqual([100, 100, 100, 100]);
  });

  test('after a crash it goes on where it was', async () => {
    const slow = await attempt(
      await runtime('slow-echo'),
      turnOf('One two three', { attempt: 2, said: 'One two'.length }),
    );
    expect(slow.text()).toBe('One two three');
    expect(pace.sleeps).toEqual([100]);
  });
});

test('awaiter asks and answers with the reply', async () => {
  const awaiter = await runtime('awaiter');
  await expect(attempt(awaiter, turnOf('hi'))).rejects.toThrow(Waiting);
  expect((await attempt(awaiter, turnOf('hi'), { answers: ['blue'] })).messages.map(textOf)).toEqual([
    'What is your answer?',
    'You answered: blue',
  ]);
});

test('failer fails', async () => {
  const error = await attempt(await runtime('failer'), turnOf('hi')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(AgentError);
  expect(error).toMatchObject({ code: 'invalid_input' });
});

test('sessioner gives the whole thread back', async () => {
  const sessioner = await runtime('sessioner');
  expect((await attempt(sessioner, turnOf('one'))).messages.map(textOf)).toEqual(['one']);
  const history = [message('user', 'one'), message('assistant', 'one')];
  expect((await attempt(sessioner, turnOf('two', { history }))).messages.map(textOf)).toEqual(['one', 'one', 'two']);
});

test('citer cites a part of its text', async () => {
  const { messages } = await attempt(await runtime('citer'), turnOf('hi'));
  const [text, citation] = messages[0]!;
  expect(citation).toMatchObject({
    type: 'citation',
    start: 0,
    url: expect.stringContaining('https://'),
    title: 'clew',
  });
  expect(citation?.type === 'citation' && textOf([text!]).slice(citation.start, citation.end)).toBe(
    'A clew is a ball of thread.',
  );
});

test('context-reader shows the variables it may see', async () => {
  expect((await load('context-reader')).agent.context_variables).toEqual(['clientID', 'wxo_email_id']);
  const context = { clientID: '865511', wxo_email_id: 'ada@example.com' };
  expect(JSON.parse((await attempt(await runtime('context-reader'), turnOf('hi', { context }))).text())).toEqual(
    context,
  );
});

describe('burst', () => {
  test('pieces of 20 bytes, at once', async () => {
    const { calls } = await attempt(await runtime('burst'), turnOf('burst 1000 0'));
    const pieces = calls.filter((call) => call.startsWith('text ')).map((call) => call.slice(5));
    expect(pieces).toHaveLength(1_000);
    expect(new Set(pieces.map((piece) => Buffer.byteLength(piece)))).toEqual(new Set([20]));
    expect(new Set(pieces)).toHaveLength(1_000);
    expect(pace.sleeps).toEqual([]);
  });

  test('paced against the clock: what a late timer loses is made good', async () => {
    const burst = await runtime('burst');
    const { sleep } = pace;
    pace.sleep = async (ms) => {
      await sleep(ms);
      pace.pass(30);
    };
    await attempt(burst, turnOf('burst 6 20'));
    expect(pace.sleeps).toEqual([50, 20, 20, 20, 20]);
    expect(pace.now()).toBe(5 * 50 + 30);
  });

  test('after a crash the clock starts with the first piece that is not in the log', async () => {
    const { text } = await attempt(await runtime('burst'), turnOf('burst 5 10', { attempt: 2, said: 60 }));
    expect(text()).toHaveLength(100);
    expect(pace.sleeps).toEqual([100]);
  });

  test.each(['burst', 'burst x y', 'burst 5', 'hello', ''])('%j is explained', async (text) => {
    await expect(attempt(await runtime('burst'), turnOf(text))).rejects.toThrow('Say "burst N M"');
  });
});
