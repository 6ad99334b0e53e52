import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../kit/ports.ts';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { type Frame, framesOf } from './start.ts';

/** The example in a process of its own, with a ledger of its own, that can be killed and started again. */
async function desk() {
  const folder = tempDir();
  const ledger = join(folder, 'refunds.ndjson');
  const port = await freePort();
  const start = () =>
    serve({
      project: 'examples/support',
      port,
      args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'],
      env: { SUPPORT_LEDGER: ledger },
    });
  let server = await start();
  const json = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${server.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  };
  return {
    json,
    refunds: () =>
      existsSync(ledger)
        ? readFileSync(ledger, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : [],
    async restart() {
      await server.stop('SIGKILL');
      server = await start();
    },
    async say(content: unknown, more: object = {}): Promise<Frame[]> {
      const path = '/api/v1/orchestrate/runs?stream=true&multiple_content=true';
      const response = await json('POST', path, { message: { role: 'user', content }, environment_id: '', ...more });
      expect(response.status).toBe(200);
      return framesOf(await response.text());
    },
  };
}

const messageOf = (frames: readonly Frame[]) =>
  frames.findLast(({ event }) => event === 'message.created')?.data.message;
const stepsOf = (frames: readonly Frame[]) =>
  frames.filter(({ event }) => event === 'run.step.delta').map(({ data }) => data.delta.step_details[0]);

it('looks an order up, and shows the call in the documented shape', async () => {
  const { say } = await desk();
  const frames = await say('Where is order A101?');
  expect(messageOf(frames).content[0].text).toBe('Order A101: a reading lamp, 64 €, on its way, due tomorrow.');
  const [call, response] = stepsOf(frames);
  expect(call).toMatchObject({ type: 'tool_calls', tool_calls: [{ name: 'find_order', args: { order: 'A101' } }] });
  expect(response).toMatchObject({ type: 'tool_response', name: 'find_order', tool_call_id: call.tool_calls[0].id });
  const found = { order: 'A101', item: 'a reading lamp', total: 64, status: 'on its way, due tomorrow' };
  expect(JSON.parse(response.content)).toEqual({
    content: [{ type: 'text', text: JSON.stringify(found) }],
    structuredContent: found,
  });
  expect(messageOf(frames).step_history).toEqual([
    { role: 'assistant', step_details: [call] },
    { role: 'assistant', step_details: [response] },
  ]);
});

it('asks before it pays, keeps the question over a kill, and pays once, what the person wrote', async () => {
  const { say, json, restart, refunds } = await desk();
  const asked = await say('Please refund order A100');
  const question = messageOf(asked);
  expect(question.additional_properties.is_interrupt).toBe(true);
  expect(question.content[0].text).toContain('**Refund an order**');
  expect(question.content[1]).toMatchObject({
    response_type: 'forms',
    form_data: { decision: 'approve', input_order: 'A100', input_amount: 39.9 },
  });
  const { run_id, thread_id } = asked[0]?.data ?? {};
  await restart();
  expect(await (await json('GET', `/api/v1/orchestrate/runs/${run_id}`)).json()).toMatchObject({
    status: 'requires_input',
  });
  expect(refunds()).toEqual([]);

  const answer = { decision: 'approve', input_order: 'A100', input_amount: 20 };
  const item = { response_type: 'form_operation', form_operation: 'submit', form_data: JSON.stringify(answer) };
  const frames = await say([item], { thread_id });
  expect(messageOf(frames).content[0].text).toBe('20 € will be back in your account within three days.');
  expect(refunds()).toEqual([{ key: `${run_id}:s2`, order: 'A100', amount: 20 }]);
  const [call, response] = stepsOf(frames);
  expect(call.tool_calls[0].args).toEqual({ order: 'A100', amount: 20 });
  expect(JSON.parse(response.content)._meta['clew/approval']).toMatchObject({ decision: 'approved', edited: true });

  await restart();
  expect(await (await json('GET', `/api/v1/orchestrate/runs/${run_id}`)).json()).toMatchObject({ status: 'completed' });
  expect(refunds()).toHaveLength(1);
});

it('pays nothing back after a no, with the reason in the log', async () => {
  const { say, refunds } = await desk();
  const { thread_id } = (await say('Please refund order A102'))[0]?.data ?? {};
  const frames = await say('no, the customer keeps the mugs', { thread_id });
  expect(messageOf(frames).content[0].text).toMatch(
    /^No money was paid back\..*They said: the customer keeps the mugs$/,
  );
  expect(refunds()).toEqual([]);
});

it('is asked and answered over ACP, too', async () => {
  const { json, refunds } = await desk();
  const ask = { role: 'user', parts: [{ content_type: 'text/plain', content: 'Please refund order A102' }] };
  const begun = await (await json('POST', '/runs', { agent_name: 'support-desk', input: [ask], mode: 'sync' })).json();
  expect(begun.status).toBe('awaiting');
  const form = begun.await_request.message.parts[1];
  expect(form.content_type).toBe('application/vnd.clew.form+json');
  expect(JSON.parse(form.content).schema.required).toEqual(['decision', 'input_order', 'input_amount']);
  const said = { role: 'user', parts: [{ content_type: 'application/json', content: '{"decision":"approve"}' }] };
  const resume = { run_id: begun.run_id, await_resume: { type: 'message', message: said }, mode: 'sync' };
  const ended = await (await json('POST', `/runs/${begun.run_id}`, resume)).json();
  expect(ended).toMatchObject({ status: 'completed' });
  expect(refunds()).toMatchObject([{ order: 'A102', amount: 18.5 }]);
});
