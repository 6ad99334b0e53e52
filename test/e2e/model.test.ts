import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { converse, type Frame } from '../crash/patient-client.ts';
import { startModelServer } from '../kit/model-server.ts';
import { freePort } from '../kit/ports.ts';
import { ROOT, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { framesOf } from './start.ts';

const AGENT = `spec_version: v1
kind: native
name: thinker
description: Thinks.
llm: house/org/small
tools: [pay]
`;
const CONFIG = `models:
  house:
    baseUrl: \${HOUSE_URL}
    apiKey: \${HOUSE_KEY}
    prices:
      org/small: { input: 1, output: 2 }
`;
/** Writes a line for each time that it works. */
const TOOL = `import { appendFileSync } from 'node:fs';
export default {
  description: 'Pays.',
  run(_input, call) {
    appendFileSync(process.env.HOUSE_LEDGER, call.stepId + '\\n');
    return 'paid';
  },
};
`;
const KEY = 'sk-house-secret';

/** A server in a process of its own, whose agent thinks with a scripted model. */
async function house() {
  const model = await startModelServer();
  onTestFinished(() => model.close());
  const folder = tempDir();
  const files = { 'agents/thinker.yaml': AGENT, 'clew.config.yaml': CONFIG, 'tools/pay.mjs': TOOL, ledger: '' };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const port = await freePort();
  const start = () =>
    serve({
      project: folder,
      port,
      args: ['--lease-ms', '1000', '--coalesce-ms', '0'],
      env: { HOUSE_URL: model.baseUrl, HOUSE_KEY: KEY, HOUSE_LEDGER: join(folder, 'ledger') },
    });
  return {
    model,
    start,
    url: `http://127.0.0.1:${port}`,
    paid: () => readFileSync(join(folder, 'ledger'), 'utf8').split('\n').filter(Boolean),
  };
}

const deltas = (frames: readonly Frame[]): string =>
  frames
    .filter(({ event }) => event === 'message.delta')
    .map(({ data }) => (data.delta as { content: { text: string }[] }).content[0]?.text)
    .join('');

describe('an agent with a model', () => {
  it('streams, calls tools, and says what it used', async () => {
    const { model, start, url, paid } = await house();
    const server = await start();
    model.script(
      [
        { reasoning: 'Hidden.' },
        { call: { id: 'a', name: 'pay', arguments: '{}' } },
        { usage: { prompt_tokens: 10, completion_tokens: 20 } },
      ],
      [{ text: 'It is ' }, { text: 'paid.' }, { usage: { prompt_tokens: 30, completion_tokens: 40 } }],
    );
    const frames = await converse(url, { agent: 'thinker', text: 'Pay' });
    expect(deltas(frames)).toBe('It is paid.');
    expect(paid()).toEqual(['s2']);
    expect(model.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(model.requests[0]?.body.model).toBe('org/small');
    const steps = frames.filter(({ event }) => event === 'run.step.delta');
    expect(steps.map(({ data }) => (data.delta as { step_details: { type: string }[] }).step_details[0]?.type)).toEqual(
      ['tool_calls', 'tool_response'],
    );
    const total = {
      prompt_tokens: 40,
      completion_tokens: 60,
      total_tokens: 100,
      prompt_tokens_details: { cached_tokens: 0 },
    };
    const usage = { model_name: 'org/small', token_usage: total, cost: 0.00016 };
    expect(frames.find(({ event }) => event === 'message.completed')?.data.usage).toMatchObject(usage);
    const run = await (await fetch(`${url}/api/v1/orchestrate/runs/${frames[0]?.data.run_id}`)).json();
    expect(run.usage).toMatchObject(usage);
    expect(JSON.stringify(frames)).not.toContain('Hidden.');
    const shown = await promisify(execFile)(process.execPath, [
      '--conditions=clew-source',
      join(ROOT, 'packages/server/src/cli/main.ts'),
      ...['runs', 'show', run.id, '--url', url],
    ]);
    expect(shown.stdout).toContain('40 in, 60 out, cost 0.00016 (org/small)');

    const acp = await (await fetch(`${url}/runs/${frames[0]?.data.run_id}/events`)).json();
    expect(JSON.stringify(acp)).toContain('"tool_name":"pay"');
    expect(JSON.stringify(acp)).not.toMatch(/Hidden|org\/small/);
    const docs = await (await fetch(`${url}/openapi.json`)).text();
    expect([docs, server.output(), JSON.stringify(run)].join('\n')).not.toContain(KEY);
  });

  it('goes on after kill -9 in the middle of an answer, and no tool works twice', async () => {
    const { model, start, url, paid } = await house();
    const first = await start();
    const never = new Promise(() => {});
    model.script(
      [{ text: 'Paying.' }, { call: { id: 'a', name: 'pay', arguments: '{}' } }],
      [{ text: 'It is ' }, { until: never }],
      [{ text: 'It is ' }, { text: 'paid.' }],
    );
    const reading = converse(url, { agent: 'thinker', text: 'Pay' });
    await vi.waitFor(() => expect(model.requests).toHaveLength(2), { timeout: 20_000 });
    await vi.waitFor(async () => {
      const { data } = await (await fetch(`${url}/api/v1/orchestrate/runs`)).json();
      const events = await (await fetch(`${url}/api/v1/orchestrate/runs/${data[0].id}/events`)).json();
      expect(deltas(events)).toContain('It is ');
    }, 10_000);
    await first.stop('SIGKILL');
    await start();
    const frames = await reading;
    expect(deltas(frames)).toBe('Paying.\n\nIt is paid.');
    expect(paid()).toEqual(['s2']);
    expect(model.requests).toHaveLength(3);
    expect(model.requests[2]?.body.messages).toEqual(model.requests[1]?.body.messages);
  });

  it('closes the socket of the model when the run is cancelled from another connection', async () => {
    const { model, start, url } = await house();
    await start();
    model.script([{ text: 'Once upon a time' }, { until: new Promise(() => {}) }, { text: ' and so on' }]);
    const body = { agent_id: 'thinker', message: { role: 'user', content: 'Tell' } };
    const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify(body),
    });
    let text = '';
    let began = 0;
    for await (const chunk of response.body!.pipeThrough(
      new TextDecoderStream() as TransformStream<Uint8Array, string>,
    )) {
      text += chunk;
      if (began === 0 && text.includes('Once upon a time')) {
        began = performance.now();
        await fetch(`${url}/api/v1/orchestrate/runs/cancel/${JSON.parse(text.split('\n')[0]!).data.run_id}`, {
          method: 'POST',
        });
      }
    }
    await expect.poll(() => model.requests[0]?.aborted).toBe(true);
    expect((model.requests[0]?.abortedAt ?? 0) - began).toBeLessThan(250);
    const frames = framesOf(text);
    expect(frames.map(({ event }) => event)).toContain('run.cancelled');
    expect(frames.find(({ event }) => event === 'message.created')?.data.message.content[0].text).toBe(
      'Once upon a time',
    );
  });
});
