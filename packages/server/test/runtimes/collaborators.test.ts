import { describe, expect, onTestFinished, test } from 'vitest';
import { startModelServer } from '../../../../test/kit/model-server.ts';
import type { Agent, RunEvent } from '../../src/model/index.ts';
import type { Runtime } from '../../src/ports/index.ts';
import { anna } from '../engine/kit.ts';
import { call, house, type Written } from './house.ts';
import { of, textIn } from './llm/kit.ts';

const ids = (events: readonly RunEvent[]) =>
  of(events, 'step.started').map(({ data: { stepId, kind, name } }) => `${stepId} ${kind} ${name}`);
const never = () => new Promise<never>(() => {});

describe('a model that hands over', () => {
  test('reads what the other agent said; the steps of that are steps inside of the hand-off', async () => {
    const { model, ask } = await house({
      boss: { collaborators: ['clerk'] },
      clerk: { displayName: 'The clerk' },
    });
    model.script(
      [{ text: 'A moment.' }, call('clerk', 'How many?')],
      [{ text: 'Seven.' }],
      [{ text: 'There are seven.' }],
      [{ text: 'Welcome.' }],
    );
    const { run, events } = await ask('How many are there?');
    expect(events.at(-1)?.type).toBe('run.completed');
    expect(textIn(events)).toBe('A moment.\n\nThere are seven.');
    expect(ids(events)).toEqual([
      's1 model test/small',
      's2 handoff chat_with_collaborator_clerk',
      's2/s1 model test/small',
      's3 model test/small',
    ]);
    const [offered, asked, read] = model.requests.map(({ body }) => body);
    expect(offered.tools[0].function).toMatchObject({
      name: 'chat_with_collaborator_clerk',
      description: 'Asks the agent The clerk, and gives back its answer. Does clerk.',
    });
    expect(asked.messages.slice(1)).toEqual([{ role: 'user', content: 'How many?' }]);
    expect(read.messages.at(-1)).toMatchObject({ role: 'tool', content: 'Seven.' });

    const next = await ask('Thank you', { threadId: run.threadId });
    expect(textIn(next.events)).toBe('Welcome.');
    const history = model.requests[3]?.body.messages.slice(1);
    expect(history.map((message: { role: string; content: unknown }) => [message.role, message.content])).toEqual([
      ['user', 'How many are there?'],
      ['assistant', 'A moment.'],
      ['tool', 'Seven.'],
      ['assistant', 'There are seven.'],
      ['user', 'Thank you'],
    ]);
  });

  test('lets several work at the same time, and reads what one failed with', async () => {
    const working = Promise.withResolvers<void>();
    const both = (turn: { text: string }) => {
      if (turn.text === 'second') working.resolve();
      return working.promise.then(() => `done ${turn.text}`);
    };
    const { model, ask, handed } = await house({
      boss: { collaborators: ['one', 'two', 'three'] },
      one: { run: both },
      two: { run: both },
      three: {
        run: () => {
          throw new Error('secret');
        },
      },
    });
    model.script(
      [call('one', 'first', 'a'), call('two', 'second', 'b'), call('three', 'third', 'c'), call('nobody', 'x', 'd')],
      [{ text: 'Done.' }],
    );
    const { events } = await ask();
    expect(textIn(events)).toBe('Done.');
    const results = model.requests[1]?.body.messages.filter(({ role }: { role: string }) => role === 'tool');
    expect(results.map(({ content }: { content: string }) => content)).toEqual([
      'done first',
      'done second',
      'Error: The agent three broke.',
      expect.stringContaining('There is no tool `chat_with_collaborator_nobody`'),
    ]);
    expect(handed).toHaveLength(1);
  });

  test('hands a question to the person and the answer back, and goes on after it in another process', async () => {
    const model = await startModelServer();
    onTestFinished(() => model.close());
    const worked: string[] = [];
    const agents: Record<string, Written> = {
      boss: { collaborators: ['clerk'] },
      clerk: {
        run: async function* (turn: {
          step: (info: { name: string }, work: () => string) => Promise<string>;
          ask: (text: string) => Promise<{ parts: { text: string }[] }>;
        }) {
          await turn.step({ name: 'look' }, () => String(worked.push('look')));
          const first = await turn.ask('Which colour?');
          const second = await turn.ask('Which size?');
          yield `${first.parts[0]?.text} ${second.parts[0]?.text}`;
        },
      },
    };
    const first = await house(agents, { model });
    model.script([{ text: 'I ask.' }, call('clerk', 'Order')]);
    const { run, events } = await first.ask();
    expect(events.at(-1)?.type).toBe('run.waiting');
    expect(of(events, 'run.waiting')[0]?.data.waitId).toBe('s2/w1');
    expect(textIn(events)).toBe('I ask.|Which colour?');
    await first.crash();

    const second = await house(agents, { model, folder: first.folder });
    model.script([{ text: 'Ordered.' }, call('clerk', 'Again', 'b')]);
    expect((await second.answer(run.id, 'red')).at(-1)?.type).toBe('run.waiting');
    const again = await second.answer(run.id, 'small');
    expect(again.at(-1)?.type).toBe('run.waiting');
    expect(model.requests[1]?.body.messages.at(-1).content).toBe('red small');
    expect(worked).toEqual(['look', 'look']);

    expect((await second.answer(run.id, 'blue')).at(-1)?.type).toBe('run.waiting');
    model.script([{ text: 'All done.' }]);
    const last = await second.answer(run.id, 'large');
    expect(last.at(-1)?.type).toBe('run.completed');
    const all = await second.engine.readEvents(anna, run.id);
    expect(textIn(all)).toBe('I ask.|Which colour?|Which size?|Ordered.|Which colour?|Which size?|All done.');
    expect(of(all, 'message.reset')).toEqual([]);
    expect(worked).toEqual(['look', 'look']);
    const kept = of(all, 'message.completed').flatMap(({ data }) => data.message.steps.map(({ stepId }) => stepId));
    expect(kept.sort(), 'each step is kept by one message').toEqual(['s1', 's2', 's2/s1', 's3', 's4', 's4/s1', 's5']);
  });

  test('repeats after a crash only what was cut off, while two work at the same time', async () => {
    const model = await startModelServer();
    onTestFinished(() => model.close());
    const worked: string[] = [];
    const agents = (gate: () => Promise<unknown>): Record<string, Written> => ({
      boss: { collaborators: ['one', 'two'] },
      one: {
        run: async (turn: { step: (info: object, work: () => Promise<string>) => Promise<string> }) => {
          await turn.step({ name: 'a' }, async () => String(worked.push('one a')));
          await gate();
          return turn.step({ name: 'b' }, async () => String(worked.push('one b')));
        },
      },
      two: {
        run: (turn: { step: (info: object, work: () => Promise<string>) => Promise<string> }) =>
          turn.step({ name: 'a' }, async () => String(worked.push('two a'))),
      },
    });
    const first = await house(agents(never), { model });
    model.script([call('one', 'x', 'a'), call('two', 'y', 'b')]);
    const { run } = await first.send('boss');
    const seen: RunEvent[] = [];
    for await (const batch of first.engine.tail(anna, run.id, 0)) {
      seen.push(...batch);
      const done = of(seen, 'step.completed').map(({ data }) => data.stepId);
      if (done.includes('s3') && done.includes('s2/s1')) break;
    }
    await first.crash();
    const second = await house(
      agents(async () => {}),
      { model, folder: first.folder },
    );
    model.script([{ text: 'Done.' }]);
    const events = await second.log(run.id);
    expect(textIn(events)).toBe('Done.');
    expect([...worked].sort()).toEqual(['one a', 'one b', 'two a']);
  });

  test('cancels what the other agent is at', async () => {
    const { model, send, engine, log } = await house({ boss: { collaborators: ['clerk'] }, clerk: {} });
    model.script([call('clerk', 'Tell')], [{ text: 'Once' }, { until: never() }]);
    const { run } = await send('boss');
    await expect.poll(() => model.requests.length).toBe(2);
    await engine.cancelRun(anna, run.id);
    expect((await log(run.id)).at(-1)?.type).toBe('run.cancelled');
    await expect.poll(() => model.requests[1]?.aborted).toBe(true);
  });

  test('tells the runtime of a collaborator that a waiting run was cancelled', async () => {
    const told: unknown[] = [];
    const elsewhere: Runtime = {
      recovery: 'restart',
      run: async (_turn, emit) => {
        await emit.step({ kind: 'handoff', name: 'there', title: 'There' }, () => ({ run_id: 'r1' }));
        await emit.ask([{ type: 'text', text: 'Sure?' }]);
      },
      cancelled: async (steps) => void told.push(steps),
    };
    const { model, ask, engine } = await house({
      boss: { collaborators: ['far'] },
      far: { runtime: elsewhere },
    });
    model.script([call('far', 'Go')]);
    const { run } = await ask();
    await engine.cancelRun(anna, run.id);
    await expect
      .poll(() => told)
      .toEqual([[expect.objectContaining({ stepId: 's1', output: { run_id: 'r1' }, done: true })]]);
  });
});

describe('an agent in code that hands over', () => {
  test('gets the answer; the other sees the context variables that it declares', async () => {
    const { ask } = await house({
      boss: {
        collaborators: ['clerk'],
        contextVariables: ['colour', 'secret'],
        run: (turn: { handOff: (name: string, text: string, more: object) => Promise<string> }) =>
          turn.handOff('clerk', 'Hi', { context: { size: 4, secret: 'x', wxo_user_name: 'Eve' } }),
      },
      clerk: {
        contextVariables: ['colour', 'size', 'wxo_user_name'],
        run: (turn: { text: string; context: object }) => `${turn.text} ${JSON.stringify(turn.context)}`,
      },
    });
    const { events } = await ask('Hello', { context: { colour: 'red', secret: 'y' } });
    expect(textIn(events)).toBe('Hi {"colour":"red","wxo_user_name":"anna@example.org","size":4}');
  });

  test('may name its collaborators only, and no more than five stand in a row', async () => {
    type Turn = { agent: Agent; handOff: (name: string, text: string) => Promise<string> };
    const on = (turn: Turn) => turn.handOff(`a${Number(turn.agent.name.slice(1)) + 1}`, 'x');
    const row = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`a${n}`, { collaborators: [`a${n + 1}`], run: on }]));
    const deep = await (await house(row)).ask();
    expect(of(deep.events, 'run.failed')[0]?.data.error).toEqual({
      code: 'collaborators_too_deep',
      message: 'Agents hand over at most 4 times in a row: a1 → a2 → a3 → a4 → a5 → a6.',
    });
    const stranger = await (
      await house({ boss: { run: (turn: Turn) => turn.handOff('other', 'x') }, other: {} })
    ).ask();
    expect(of(stranger.events, 'run.failed')[0]?.data.error.code).toBe('collaborator_unknown');
  });
});
