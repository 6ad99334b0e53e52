import { expect, it } from 'vitest';
import { answer, start } from './start.ts';

const { run, get, events } = await start();

const trajectory = (metadata: object) => ({
  content_type: 'text/plain',
  content_encoding: 'plain',
  metadata: { kind: 'trajectory', ...metadata },
});
const steps = [
  trajectory({ message: 'Two and two …' }),
  trajectory({ message: 'Adding', tool_name: 'add', tool_input: { a: 2, b: 2 }, tool_output: { output: 4 } }),
];

it('what an agent thinks and does are parts of its message, in its output, its events and its session', async () => {
  const done = await run('thinker', 'go');
  expect(answer(done)).toBe('It is 4.');
  expect(done.output[0]?.parts.slice(0, 2)).toEqual(steps);
  const list = await events(done.run_id);
  expect(list.flatMap((event) => (event.type === 'message.part' ? [event.part] : [])).slice(0, 2)).toEqual(steps);
  expect(list).toContainEqual({ type: 'generic', generic: { progress: 0.5 } });
  const { history } = await get(`/sessions/${done.session_id}`);
  const { parts } = await (await fetch(history[1])).json();
  expect(parts[0]).toEqual(steps[0]);
  expect(parts[1].metadata).toMatchObject({ tool_name: 'add', tool_input: { a: 2, b: 2 } });
});
