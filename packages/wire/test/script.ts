import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any kind
  readonly body: any;
}

export type Answer = (response: ServerResponse, got: Got) => void;

/** A real server that answers the first request with the first answer, and so on; the last answer is given again and again. */
export async function serveScript(...answers: Answer[]): Promise<{ baseUrl: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const isJson = request.headers['content-type'] === 'application/json';
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: isJson ? JSON.parse(text) : text,
    };
    got.push(one);
    const answer = answers[Math.min(got.length, answers.length) - 1];
    answer?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

/** A whole JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A stream of the given text. `end`: as it should, by a broken connection, or not at all. */
export function stream(text: string, end: 'ends' | 'breaks' | 'hangs' = 'ends'): Answer {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    if (end === 'ends') response.end(text);
    else response.write(text, () => end === 'breaks' && setImmediate(() => response.destroy()));
  };
}

/** A connection that is cut before anything is answered. */
export const cut: Answer = (response) => response.destroy();

/** Frames as lines, from their ids and events. */
export function lines(...frames: [id: string, event: string][]): string {
  return frames
    .map(([id, event]) => `${JSON.stringify({ id, event, data: { run_id: 'r1', thread_id: 't1' } })}\n`)
    .join('');
}

/** The same as server-sent events. */
export function events(...frames: [id: string, event: string][]): string {
  return frames.map((frame) => `id: ${frame[0]}\ndata: ${lines(frame)}\n`).join('');
}
