import { describe, expect, test, vi } from 'vitest';
import { AgentError, type Part, textOf } from '../../src/model/index.ts';
import { type AgentFunction, type AgentOutput, ask, createCodeRuntime } from '../../src/runtimes/code/index.ts';
import { attempt, fakePace, recorder, turnOf, Waiting } from './recorder.ts';

const file: Part = { type: 'file', contentType: 'image/png', content: 'aGk=', encoding: 'base64' };

function agent(run: AgentFunction, pace = fakePace()) {
  return { runtime: createCodeRuntime(run, { pace }), pace };
}

describe('what an agent yields', () => {
  test('text is streamed, parts are added, an array is a message of its own', async () => {
    const { runtime } = agent(async function* () {
      yield 'Hel';
      yield 'lo';
      yield file;
      yield [{ type: 'text', text: 'Another' }, file];
      yield 'third';
    });
    const { messages, calls } = await attempt(runtime, turnOf('hi'));
    expect(messages).toEqual([
      [{ type: 'text', text: 'Hello' }, file],
      [{ type: 'text', text: 'Another' }, file],
      [{ type: 'text', text: 'third' }],
    ]);
    expect(calls).toEqual(['text Hel', 'text lo', 'part file', 'message', 'text third']);
  });

  test('a question waits; the entry with the answer goes on after it', async () => {
    const { runtime } = agent(async function* (): AgentOutput {
      yield 'Hello. ';
      const name = yield ask('Who are you?');
      const age = yield ask([{ type: 'text', text: 'How old?' }]);
      yield `${textOf(name.parts)} is ${textOf(age.parts)}`;
    });
    await expect(attempt(runtime, turnOf('hi'))).rejects.toThrow(Waiting);
    await expect(attempt(runtime, turnOf('hi'), { answers: ['Ada'] })).rejects.toThrow(Waiting);
    const { text } = await attempt(runtime, turnOf('hi'), { answers: ['Ada', '36'] });
    expect(text()).toBe('Hello. \nWho are you?\nHow old?\nAda is 36');
  });

  test('turn.ask is the same as yield ask', async () => {
    const { runtime } = agent(async function* (turn) {
      const answer = await turn.ask('Why?');
      yield textOf(answer.parts);
    });
    expect((await attempt(runtime, turnOf('hi'), { answers: ['Because'] })).text()).toBe('Why?\nBecause');
  });

  test('a function may return the one thing it has to say', async () => {
    expect((await attempt(agent((turn) => turn.text.toUpperCase()).runtime, turnOf('hi'))).text()).toBe('HI');
    expect((await attempt(agent(async () => file).runtime, turnOf('hi'))).messages).toEqual([[file]]);
    expect((await attempt(agent(() => undefined).runtime, turnOf('hi'))).messages).toEqual([]);
  });

  test('steps that are done and events of its own go their own ways, within a message too', async () => {
    const { runtime } = agent(async function* (): AgentOutput {
      yield 'It ';
      yield { type: 'trajectory', message: 'Two and two …' };
      yield { type: 'trajectory', toolName: 'add', input: [2, 2], output: 4, message: 'Adding' };
      yield { type: 'trajectory', toolName: 'note' };
      yield { type: 'generic', value: { progress: 0.5 } };
      yield 'is 4.';
    });
    const { steps, calls, text } = await attempt(runtime, turnOf('2+2'));
    expect(text()).toBe('It is 4.');
    expect(steps.map(({ info, output }) => ({ ...info, output }))).toEqual([
      { kind: 'thought', name: 'thought', title: 'Thinking', output: 'Two and two …' },
      { kind: 'tool', name: 'add', title: 'Adding', input: [2, 2], output: 4 },
      { kind: 'tool', name: 'note', title: 'note', output: undefined },
    ]);
    expect(calls).toEqual([
      'text It ',
      'step thought',
      'step add',
      'step note',
      'custom {"progress":0.5}',
      'text is 4.',
    ]);
  });

  test.each([
    ['a trajectory of nothing', { type: 'trajectory' }, 'A trajectory needs a message or a toolName.'],
    ['a generic event without an object', { type: 'generic', value: [1] }, 'must be an object'],
  ])('%s is refused', async (_, said, message) => {
    const { runtime } = agent(() => said as never);
    await expect(attempt(runtime, turnOf('hi'))).rejects.toThrow(message);
  });

  test('what is nothing of all this is refused in words for the author', async () => {
    const { runtime } = agent(async function* () {
      yield 42 as never;
    });
    await expect(attempt(runtime, turnOf('hi'))).rejects.toThrow(
      'An agent may say text, a part, an array of parts, or ask(…)',
    );
  });

  test('much text in one go waits for the log now and then', async () => {
    const { runtime } = agent(async function* () {
      for (let at = 0; at < 300; at += 1) yield 'x'.repeat(1_000);
    });
    const { calls } = await attempt(runtime, turnOf('hi'));
    expect(calls.filter((call) => call === 'flush').length).toBe(4);
  });
});

describe('what an agent can do', () => {
  test('steps have a kind and a title of their own accord', async () => {
    const { runtime } = agent(async function* (turn) {
      yield await turn.step({ name: 'add', input: [1, 2] }, (_, show) => {
        show('adding');
        return '3';
      });
    });
    const { steps, text } = await attempt(runtime, turnOf('hi'));
    expect(steps).toEqual([
      { info: { kind: 'tool', name: 'add', title: 'add', input: [1, 2] }, output: '3', shown: ['adding'], worked: 1 },
    ]);
    expect(text()).toBe('3');
  });

  test('it fails with a code of its own, whichever copy of the package the error comes from', async () => {
    class AgentErrorOfAnotherCopy extends Error {
      override readonly name = 'AgentError';
      readonly code = 'no_seats';
    }
    const first = agent((turn) => turn.fail('invalid_input', 'No.'));
    await expect(attempt(first.runtime, turnOf('hi'))).rejects.toEqual(new AgentError('invalid_input', 'No.'));
    const second = agent(() => {
      throw new AgentErrorOfAnotherCopy('The train is full.');
    });
    const error = await attempt(second.runtime, turnOf('hi')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({ code: 'no_seats', message: 'The train is full.' });
  });

  test('it reads and keeps the state of the thread', async () => {
    const { runtime } = agent(async (turn) => {
      const before = await turn.state();
      await turn.setState({ n: 1 });
      return `${before} ${JSON.stringify(await turn.state())}`;
    });
    const { state, text } = await attempt(runtime, turnOf('hi'));
    expect([state, text()]).toEqual([{ n: 1 }, 'undefined {"n":1}']);
  });

  test('it sets context variables', async () => {
    const { runtime } = agent(async (turn) => {
      await turn.setContext({ seat: '12A' });
      return undefined;
    });
    expect((await attempt(runtime, turnOf('hi'))).context).toEqual({ seat: '12A' });
  });
});

describe('time', () => {
  const slow: AgentFunction = async function* (turn) {
    for (const word of ['one ', 'two ', 'three ', 'four']) {
      await turn.sleep(100);
      yield word;
    }
  };

  test('it sleeps', async () => {
    const { runtime, pace } = agent(slow);
    await attempt(runtime, turnOf('hi'));
    expect(pace.sleeps).toEqual([100, 100, 100, 100]);
  });

  test('it does not sleep again for text that an earlier attempt has put in the log', async () => {
    const { runtime, pace } = agent(slow);
    const { text } = await attempt(runtime, turnOf('hi', { attempt: 2, said: 'one two '.length }));
    expect(pace.sleeps).toEqual([100, 100]);
    expect(text()).toBe('one two three four');
  });

  test('questions and whole messages count as text that is in the log', async () => {
    const { runtime, pace } = agent(async function* (turn) {
      yield [{ type: 'text', text: '12345' }];
      await turn.sleep(1);
      await turn.ask('67890');
      await turn.sleep(2);
    });
    await attempt(runtime, turnOf('hi', { said: 10 }), { answers: ['yes'] });
    expect(pace.sleeps).toEqual([2]);
  });
});

describe('cancel', () => {
  test('an agent that hangs is left behind, and hears nothing more', async () => {
    const controller = new AbortController();
    const recording = recorder();
    let wake: () => void = () => {};
    const runtime = createCodeRuntime(async function* () {
      yield 'begun';
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      yield 'unheard';
    });
    const run = runtime.run(turnOf('hi'), recording.emit, controller.signal);
    await vi.waitFor(() => expect(recording.text()).toBe('begun'));
    controller.abort(new Error('cancelled'));
    await expect(run).rejects.toThrow('cancelled');
    wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(recording.text()).toBe('begun');
  });

  test('a sleep ends at once, and the agent may clean up', async () => {
    const controller = new AbortController();
    const recording = recorder();
    const cleaned = vi.fn();
    const runtime = createCodeRuntime(async function* (turn) {
      try {
        yield 'begun';
        await turn.sleep(3_600_000);
      } finally {
        cleaned(turn.signal.aborted);
      }
    });
    const run = runtime.run(turnOf('hi'), recording.emit, controller.signal);
    await vi.waitFor(() => expect(recording.text()).toBe('begun'));
    controller.abort(new Error('cancelled'));
    await expect(run).rejects.toThrow('cancelled');
    await vi.waitFor(() => expect(cleaned).toHaveBeenCalledWith(true));
  });

  test('an agent is not entered when the run is cancelled already', async () => {
    const run = vi.fn();
    await expect(
      createCodeRuntime(run).run(turnOf('hi'), recorder().emit, AbortSignal.abort(new Error('too late'))),
    ).rejects.toThrow('too late');
    expect(run).not.toHaveBeenCalled();
  });

  test('an error of the log ends the agent', async () => {
    const recording = recorder();
    const cleaned = vi.fn();
    const runtime = createCodeRuntime(async function* () {
      try {
        for (;;) yield file;
      } finally {
        cleaned();
      }
    });
    const emit = { ...recording.emit, part: () => Promise.reject(new Error('lease lost')) };
    await expect(runtime.run(turnOf('hi'), emit, new AbortController().signal)).rejects.toThrow('lease lost');
    await vi.waitFor(() => expect(cleaned).toHaveBeenCalled());
  });
});
