import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const RUN_ID = '6b1f4f0e-6c0a-4a51-9f5b-0c5a4e2f7c11';

/** Answers of a remote server, by method and what follows `/runs`: each call takes the next one, the last one stays. */
export type Script = Readonly<Record<string, readonly Answer[]>>;

export interface Answer {
  /** Default 200. */
  readonly status?: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a stream of events; `cut` then breaks the connection off. */
  readonly stream?: readonly unknown[];
  readonly cut?: boolean;
  /** Nothing is sent before. */
  readonly after?: Promise<void>;
}

/** A server that plays a script. `calls` has what it was asked, with the text of the first part of each body. */
export async function remoteServer(script: Script): Promise<{ url: string; calls: string[] }> {
  const calls: string[] = [];
  const counts: Record<string, number> = {};
  const server = createServer(async (request, response) => {
    const key = `${request.method} ${request.url?.replace(RUN_ID, ':id').replace('/runs', '') || '/'}`;
    const sent = await text(request);
    const said = /"content":"([^"]*)"/.exec(sent)?.[1];
    calls.push(said === undefined ? key : `${key} ${said}`);
    const answers = script[key] ?? [{ status: 404, body: { code: 'not_found', message: 'Not Found' } }];
    const count = counts[key] ?? 0;
    counts[key] = count + 1;
    const answer = answers[Math.min(count, answers.length - 1)] as Answer;
    await answer.after;
    give(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

function give(response: ServerResponse, { status = 200, body, stream, cut }: Answer): void {
  if (!stream) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'run-id': RUN_ID });
  for (const event of stream) response.write(`data: ${JSON.stringify(event)}\n\n`);
  if (cut) response.write(': cut\n\n', () => response.destroy());
  else response.end();
}

/** A run as a reference server writes it. */
export function run(status: string, more: object = {}) {
  return { run_id: RUN_ID, agent_name: 'far', session_id: RUN_ID, status, output: [], await_request: null, ...more };
}

export const happened = (status: string, more: object = {}) => ({ type: `run.${status}`, run: run(status, more) });
export const created = (...parts: unknown[]) => ({ type: 'message.created', message: { role: 'agent/far', parts } });
export const completed = (...parts: unknown[]) => ({
  type: 'message.completed',
  message: { role: 'agent/far', parts },
});
export const part = (content: string, more: object = {}) => ({
  type: 'message.part',
  part: { content_type: 'text/plain', content, ...more },
});
export const trajectory = (metadata: object) => ({
  type: 'message.part',
  part: { metadata: { kind: 'trajectory', ...metadata } },
});
