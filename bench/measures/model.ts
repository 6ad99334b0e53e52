import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ModelRequest, type ModelServer, type ModelTurn, startModelServer } from '../../test/kit/model-server.ts';
import { Connection, message } from '../load/client.ts';
import { type BenchServer, startServer } from '../servers/process.ts';

/** What a model behind Clew costs. */
export interface ModelResult {
  /** Milliseconds to the first token, median: asked directly, through Clew, and the difference. */
  readonly bareMs: number;
  readonly clewMs: number;
  readonly addedMs: number;
  /** How long the runs at once took together. */
  readonly seconds: number;
  /** Frames that a stream lacked, and runs that did not end as they should. */
  readonly lost: number;
}

const PROJECT: Readonly<Record<string, string>> = {
  'agents/plain.yaml': agent('plain', ''),
  'agents/caller.yaml': agent('caller', 'tools: [look]'),
  'tools/look.mjs': "export default { description: 'Looks.', run: () => 'seen' };\n",
};
const ANSWER = 'The answer.';

/**
 * A scripted model without think time, in this process. First one client asks it directly and through Clew in turns; then `runs` clients at once each have a run
 * that calls a tool, and what they read is compared with the log.
 */
export async function measureModel({ times, runs }: { times: number; runs: number }): Promise<ModelResult> {
  const model = await startModelServer();
  const project = mkdtempSync(join(tmpdir(), 'clew-bench-model-'));
  const files = { ...PROJECT, 'clew.config.yaml': `models:\n  bench:\n    baseUrl: ${model.baseUrl}\n` };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  }
  const server = await startServer('clew', { project });
  try {
    return { ...(await measureFirstToken(server, model, times)), ...(await measureCallers(server, model, runs)) };
  } finally {
    await server.stop();
    await model.close();
    rmSync(project, { recursive: true, force: true });
  }
}

async function measureFirstToken(server: BenchServer, model: ModelServer, times: number) {
  const direct = await Connection.open(Number(new URL(model.baseUrl).port));
  const through = await Connection.open(server.port);
  const bare: number[] = [];
  const clew: number[] = [];
  for (let n = 0; n < times + 50; n += 1) {
    model.script([{ text: ANSWER }], [{ text: ANSWER }]);
    const one = await untilShown(direct, completion());
    const other = await untilShown(through, message('plain', 'Hello'));
    if (n < 50) continue;
    bare.push(one);
    clew.push(other);
  }
  direct.close();
  through.close();
  const [bareMs, clewMs] = [median(bare), median(clew)];
  return { bareMs, clewMs, addedMs: clewMs - bareMs };
}

/** Milliseconds until the answer is there. */
async function untilShown(connection: Connection, request: Buffer): Promise<number> {
  const began = performance.now();
  let shown = 0;
  await connection.exchange(request, (chunk) => {
    if (shown === 0 && chunk.includes(ANSWER)) shown = performance.now() - began;
  });
  return shown;
}

async function measureCallers(server: BenchServer, model: ModelServer, runs: number) {
  model.script(...Array.from({ length: runs * 2 }, () => reply));
  const connections = await Promise.all(Array.from({ length: runs }, () => Connection.open(server.port)));
  const began = performance.now();
  const streams = await Promise.all(connections.map((one) => read(one, message('caller', 'Look'))));
  const seconds = (performance.now() - began) / 1000;
  for (const one of connections) one.close();
  let lost = 0;
  for (const lines of streams) lost += await missing(server, lines);
  return { seconds, lost };
}

/** Calls the tool, and answers when it has worked. */
function reply({ body }: ModelRequest): ModelTurn {
  const done = body.messages.at(-1).role === 'tool';
  return done ? [{ text: ANSWER }] : [{ call: { id: 'c1', name: 'look', arguments: '{}' } }];
}

/** The lines of a stream. */
async function read(connection: Connection, request: Buffer): Promise<string[]> {
  const chunks: Buffer[] = [];
  await connection.exchange(request, (chunk) => chunks.push(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text.split('\n').filter((line) => line.startsWith('{'));
}

/** How many frames of the log the stream lacks; at least 1 for a run that did not answer. */
async function missing(server: BenchServer, lines: readonly string[]): Promise<number> {
  const runId = /"run_id": ?"([^"]+)"/.exec(lines[0] ?? '')?.[1];
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/orchestrate/runs/${runId}/events`);
  const log = (await response.json()) as { id: string; event: string }[];
  const answered = log.some(({ event }) => event === 'run.completed') && lines.some((line) => line.includes(ANSWER));
  const seen = new Set(lines.map((line) => /"id": ?"([^"]+)"/.exec(line)?.[1]));
  return Math.max(log.filter(({ id }) => !seen.has(id)).length, answered ? 0 : 1);
}

function completion(): Buffer {
  const body = JSON.stringify({ model: 'scripted', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  return Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function agent(name: string, more: string): string {
  return `spec_version: v1\nkind: native\nname: ${name}\ndescription: Answers.\nllm: bench/scripted\n${more}\n`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
