import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Event, Run } from '@clew/wire/acp';
import { afterAll } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

// The package's ES module build does not load in Node: it imports JSON without saying so.
export const sdk = createRequire(import.meta.url)('acp-sdk') as typeof import('acp-sdk');

export const PROJECT = join(import.meta.dirname, 'project');

/** A whole server in a process of its own, and short ways to speak to it. */
export function speakTo(url: string) {
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const json = async (response: Promise<Response>) => (await response).json();
  return {
    url,
    send,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any kind
    get: (path: string): Promise<any> => json(send('GET', path)),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any kind
    post: (path: string, body?: unknown): Promise<any> => json(send('POST', path, body)),
    run: async (agent: string, text: string, more: object = {}): Promise<Run> =>
      json(send('POST', '/runs', { agent_name: agent, input: [said(text)], ...more })),
    events: async (runId: string): Promise<Event[]> => (await json(send('GET', `/runs/${runId}/events`))).events,
    /** The events of a stream. */
    stream: async (path: string, body: object): Promise<Event[]> => sse(await (await send('POST', path, body)).text()),
  };
}

/** Starts a server for the tests of a file and stops it after them. */
export async function start(args: readonly string[] = []) {
  const folder = makeTempDir();
  const { url, stop } = await serve({
    project: PROJECT,
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0', ...args],
  });
  afterAll(async () => {
    await stop();
    removeTempDir(folder);
  });
  return speakTo(url);
}

/** A message of one text. */
export function said(content: string) {
  return { role: 'user', parts: [{ content_type: 'text/plain', content }] };
}

/** The data of server-sent events, parsed. */
export function sse<T = Event>(body: string): T[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)));
}

/** Reads a stream up to the first chunk that contains `mark`. */
export async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, mark: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(mark)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The stream ended without ${mark}:\n${text}`);
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

/** The texts of a run's answer. */
export function answer({ output }: Pick<Run, 'output'>): string {
  return output.flatMap(({ parts }) => parts.map(({ content }) => content ?? '')).join('');
}
