import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startModelServer } from '../../../../test/kit/model-server.ts';
import { createServer } from '../../src/app/index.ts';
import { recordRun } from '../../src/app/record.ts';
import { rehearse } from '../../src/app/rehearse.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { Part } from '../../src/model/index.ts';
import { readFixture, writeFixture } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from '../project/folder.ts';

const PAY = `export default {
  description: 'Pays.',
  permission: 'read_write',
  input: { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] },
  run: ({ amount }) => ({ paid: amount }),
};
`;
const item = (value: object): Part => ({ type: 'item', kind: 'form_operation', value: value as never });

test.each<[string, Part, object]>([
  ['words', { type: 'text', text: 'yes' }, { say: 'yes' }],
  [
    'a form with an edit',
    item({ form_operation: 'submit', form_data: '{"decision":"approve","input_amount":3}' }),
    { form: { decision: 'approve', input_amount: 3 } },
  ],
  ['a form that is cancelled', item({ form_operation: 'cancel' }), { form: 'cancel' }],
])('a run whose approval was answered by %s is recorded, and plays as it was', async (_, answer, recorded) => {
  const model = await startModelServer();
  onTestFinished(() => model.close());
  const folder = projectFolder({
    'agents/a.yaml': agentYaml('a', 'llm: house/small', 'tools: [pay]'),
    'tools/pay.mjs': PAY,
    'clew.config.yaml': `models: { house: { baseUrl: "${model.baseUrl}", headers: {} } }\n`,
  });
  const config = loadConfig({ project: folder, env: {}, flags: { logLevel: 'silent', port: '0' } });
  const server = await createServer(config);
  await server.start();
  const { engine, operator } = server;
  model.script([{ call: { id: 'c', name: 'pay', arguments: '{"amount":7}' } }], [{ text: 'Done.' }]);
  const { run } = await engine.startRun(operator, { message: { parts: [{ type: 'text', text: 'Pay.' }] }, agent: 'a' });
  for await (const _batch of engine.tail(operator, run.id, 0, { untilWaiting: true }));
  await engine.answerRun(operator, run.id, { parts: [answer] });
  for await (const _batch of engine.tail(operator, run.id, 0));
  await server.close();

  const fixture = await recordRun(config, run.id);
  expect(fixture.turns).toMatchObject([{ say: 'Pay.' }, recorded]);
  const file = join(folder, 'one.yaml');
  writeFileSync(file, writeFixture(fixture));
  const read = await readFixture(file, 'one.yaml');
  if (!('turns' in read)) throw new Error(JSON.stringify(read));
  const inMemory = loadConfig({ project: folder, env: {}, flags: { logLevel: 'silent', port: '0', db: ':memory:' } });
  const played = await rehearse(inMemory, read);
  expect(played.map(({ lines }) => lines)).toEqual(read.turns.map(({ expect }) => expect.events));
  expect(played.map(({ left }) => left)).toEqual([0, 0]);
  expect(model.requests, 'the model is scripted when it is played').toHaveLength(2);
});
