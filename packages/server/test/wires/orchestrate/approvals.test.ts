import { expect, test } from 'vitest';
import type { Runtime, Tool } from '../../../src/ports/index.ts';
import { callTools, textForModel } from '../../../src/runtimes/tools/index.ts';
import { toolOf } from '../../runtimes/tools/kit.ts';
import { anna, createTestWire, STRANGER, VISITOR } from './kit.ts';

const RUNS = '/api/v1/orchestrate/runs';

/** A run that waits for two calls to be approved, or for a plain answer. */
async function waiting(agent: 'payer' | 'asker' = 'payer') {
  const made: unknown[] = [];
  const call: Tool['call'] = async (input) => {
    made.push(input.amount);
    return { content: [{ type: 'text', text: `paid ${input.amount}` }] };
  };
  const approval = { expiresMs: 60_000, onExpiry: 'fail' } as const;
  const tool = toolOf({ permission: 'admin', approval, call });
  const payer: Runtime['run'] = async (turn, emit, signal) => {
    const calls = [1, 2].map((amount) => ({ tool, input: { order: 'A', amount }, callId: `${amount}` }));
    for (const result of await callTools(calls, { turn, emit, signal })) emit.text(`${textForModel(result)}\n`);
  };
  const asker: Runtime['run'] = async (_turn, emit) => void (await emit.ask([{ type: 'text', text: 'Who?' }]));
  const wire = createTestWire({ payer, asker });
  const { id: agentId } = wire.agent(agent);
  const { body } = await wire.ask(`POST ${RUNS}`, { body: { message: { content: 'Go' }, agent_id: agentId } });
  await wire.settled(body.run_id);
  return { ...wire, made, path: `${RUNS}/${body.run_id}/approval`, runId: body.run_id as string };
}

test('what is asked is told as data; visitors read it in words alone', async () => {
  const { ask, path } = await waiting();
  const { body } = await ask(`GET ${path}`);
  expect(body).toMatchObject({
    wait_id: 'w1',
    on_expiry: 'fail',
    expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
    calls: [
      { name: 'refund', title: 'Refund an order', input: { order: 'A', amount: 1 } },
      { input: { order: 'A', amount: 2 } },
    ],
  });
  expect((await ask(`GET ${path}`, { scope: VISITOR })).body).toMatchObject({ calls: [], text: body.text });
  expect(await ask(`GET ${path}`, { scope: STRANGER })).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
});

test('each call can be decided by itself', async () => {
  const { ask, path, runId, settled, made } = await waiting();
  const both = await ask(`POST ${path}`, { body: { decision: 'approve', input: { amount: 9 } } });
  expect(both).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'input'] }] } });
  const three = { decision: 'approve', calls: Array.from({ length: 3 }, () => ({ decision: 'approve' })) };
  expect((await ask(`POST ${path}`, { body: three })).body.detail[0].msg).toBe('The run asks for 2 calls and no more');
  const calls = [{ decision: 'reject' }, { decision: 'approve', input: { amount: 7 } }];
  expect(await ask(`POST ${path}`, { body: { decision: 'reject', calls } })).toMatchObject({ status: 200 });
  await settled(runId);
  expect(made).toEqual([7]);
});

test('links are for users and operators, and say who had them made', async () => {
  const { ask, path } = await waiting();
  const user = { ...anna, audience: 'user' } as const;
  const made = await ask(`POST ${path}/link`, { body: { name: 'Ben' }, scope: user });
  expect(made).toMatchObject({ status: 200, body: { url: `/approve?w1 Ben ${anna.userId}`, wait_id: 'w1' } });
  expect(await ask(`POST ${path}/link`, { scope: VISITOR })).toMatchObject({
    status: 403,
    body: { code: 'operator_only', detail: expect.stringContaining('Sign in') },
  });
  expect(await ask(`POST ${path}/link`, { scope: STRANGER })).toMatchObject({ status: 404 });
  expect(await ask(`POST ${path}/link`, { body: { expires_in: 1 } })).toMatchObject({ status: 422 });
});

test('a question that is no approval is not decided so', async () => {
  const { ask, path } = await waiting('asker');
  for (const address of [`GET ${path}`, `POST ${path}`, `POST ${path}/link`])
    expect(await ask(address, { body: { decision: 'approve' } })).toMatchObject({
      status: 409,
      body: { code: 'run_not_waiting' },
    });
});
