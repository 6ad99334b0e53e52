import { expect, onTestFinished, test } from 'vitest';
import { startModelServer } from '../../../../../test/kit/model-server.ts';
import type { RunEvent } from '../../../src/model/index.ts';
import { anna } from '../../engine/kit.ts';
import { failureOf, of, scene, streamed, textIn, tool } from './kit.ts';

const plan = (...tasks: object[]) => [{ text: JSON.stringify({ tasks }) }];
const look = () =>
  tool('look', async ({ what }) => ({ content: [{ type: 'text', text: `${what}!` }] }), {
    inputSchema: { type: 'object', properties: { what: { type: 'string' } } },
  });
const ids = (events: readonly RunEvent[]) =>
  of(events, 'step.started').map(({ data }) => `${data.stepId} ${data.name}`);
/** The script is played in the order of the requests; tasks are told apart by what they are asked. */
const asked = (body: { messages: { content: unknown }[] }) => JSON.stringify(body.messages.at(-1)?.content);

test('a planner makes a plan, works on its tasks, and joins what came of them', async () => {
  const { model, ask } = await scene({ agent: { style: 'planner', tools: ['look'] }, tools: [look()] });
  const both = Promise.withResolvers<void>();
  let begun = 0;
  const first = (request: { body: { messages: { content: unknown }[] } }) => {
    begun += 1;
    if (begun === 2) both.resolve();
    return asked(request.body).includes('Find a')
      ? [{ until: both.promise }, { call: { id: 'x', name: 'look', arguments: '{"what":"seven"}' } }]
      : [{ until: both.promise }, { text: 'B is nine.' }];
  };
  model.script(
    plan(
      { id: 'a', task: 'Find a' },
      { id: 'b', task: 'Find b' },
      { id: 'c', task: 'Add', after: ['a', 'b', 'nobody'] },
    ),
    first,
    first,
    [{ text: 'A is seven.' }],
    [{ text: 'The sum is sixteen.' }],
    [{ text: 'It is ' }, { text: 'sixteen.' }],
    [{ text: 'Welcome.' }],
  );
  const { run } = await (async () => {
    const events = await ask('How much?');
    expect(textIn(events)).toBe('It is sixteen.');
    expect(streamed(events)).toBe('It is sixteen.');
    expect([...ids(events)].sort()).toEqual([
      's1 plan',
      's1/s1 test/small',
      's2 run_task',
      's2/s1 test/small',
      's2/s2 look',
      's2/s3 test/small',
      's3 run_task',
      's3/s1 test/small',
      's4 run_task',
      's4/s1 test/small',
      's5 test/small',
    ]);
    return { run: of(events, 'run.created')[0]?.data };
  })();
  expect(asked(model.requests[4]?.body)).toContain('Result of a:\\nA is seven.\\n\\nResult of b:\\nB is nine.');
  expect(model.requests[0]?.body.response_format.json_schema.schema.properties).toHaveProperty('tasks');
  expect(model.requests[5]?.body.tools).toBeUndefined();
  expect(asked(model.requests[5]?.body)).toContain('The sum is sixteen.');

  await ask('Thanks', { threadId: run?.threadId });
  const history = model.requests[6]?.body.messages.slice(1).map(({ content }: { content: string }) => content);
  expect(history).toEqual(['How much?', 'It is sixteen.', 'Thanks']);
});

test('the answer of a planner may be made by a tool, or fit a schema', async () => {
  const given: unknown[] = [];
  const join = tool('join', async (input) => {
    given.push(input);
    return { content: [{ type: 'text', text: 'Joined.' }] };
  });
  const own = await scene({
    agent: { style: 'planner', spec: { custom_join_tool: 'join' } },
    tools: [join],
  });
  own.model.script(plan({ id: 'a', task: 'Find a' }), { status: 400 });
  expect(textIn(await own.ask('How much?'))).toBe('Joined.');
  expect(given).toEqual([
    {
      original_query: 'How much?',
      task_results: { a: expect.stringMatching(/^Error: /) },
      messages: [{ role: 'user', content: 'How much?' }],
    },
  ]);

  const schema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };
  const fitting = await scene({ agent: { style: 'planner', spec: { structured_output: schema } } });
  fitting.model.script(plan(), [{ text: '{"sum":16}' }], [{ text: 'no plan' }], [{ text: '{}' }]);
  expect(textIn(await fitting.ask())).toBe('{"sum":16}');
  const events = await fitting.ask();
  expect(failureOf(events)).toBe('model_malformed');
  expect(of(events, 'run.failed')[0]?.data.error.message).toBe('What the model answered is no plan.');
});

test('a planner that is entered again repeats nothing that is done', async () => {
  const model = await startModelServer();
  onTestFinished(() => model.close());
  const options = { model, agent: { style: 'planner' }, settings: { coalesceMs: 0 } };
  const first = await scene(options);
  const play = (request: { body: { messages: { content: unknown }[] } }) =>
    asked(request.body).includes('Find a') ? [{ until: new Promise(() => {}) }] : [{ text: 'B.' }];
  model.script(plan({ id: 'a', task: 'Find a' }, { id: 'b', task: 'Find b' }), play, play);
  const { run } = await first.send('thinker');
  const seen: RunEvent[] = [];
  for await (const batch of first.engine.tail(anna, run.id, 0)) {
    seen.push(...batch);
    if (of(seen, 'step.completed').some(({ data }) => data.stepId === 's3')) break;
  }
  await first.crash();
  const second = await scene({ ...options, folder: first.folder });
  model.script([{ text: 'A.' }], [{ text: 'Both.' }]);
  const events = await second.log(run.id);
  expect(textIn(events)).toBe('Both.');
  expect(model.requests).toHaveLength(5);
});

test('an agent of style react shows its reasoning as thoughts, unless its file hides it', async () => {
  for (const [hideReasoning, count] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const { model, ask } = await scene({ agent: { style: 'react', hideReasoning } });
    model.script([{ reasoning: 'Let me see.' }, { text: 'Seven.' }]);
    const events = await ask();
    expect(of(events, 'step.started').filter(({ data }) => data.kind === 'thought')).toHaveLength(count);
    expect(textIn(events)).toBe('Seven.');
  }
});
