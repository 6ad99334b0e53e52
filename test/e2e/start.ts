import { join } from 'node:path';
import { afterAll } from 'vitest';
import { serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

/** A whole server in a process of its own, on a real port and a real file. */
export interface Started {
  /** Without a slash at the end. */
  readonly url: string;
  /** Sends JSON (a text is sent as it is) and gives the response. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The frames of a streamed run. */
  stream(body: object, headers?: Record<string, string>): Promise<Frame[]>;
}

/** One line of a stream. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every kind
  readonly data: any;
}

/** Starts a server for the tests of a file and stops it after them. */
export async function start(args: readonly string[] = []): Promise<Started> {
  const folder = makeTempDir();
  const { url, stop } = await serve({
    project: join(import.meta.dirname, 'project'),
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0', ...args],
  });
  afterAll(async () => {
    await stop();
    removeTempDir(folder);
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    url,
    post,
    async stream(body, headers) {
      const response = await post('/api/v1/orchestrate/runs?stream=true&multiple_content=true', body, headers);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return framesOf(await response.text());
    },
  };
}

/** Frames of a body with one JSON object a line. */
export function framesOf(body: string): Frame[] {
  return body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The body of a request that sends a text to an agent. */
export function say(agent: string, content: unknown, more: object = {}): object {
  return { message: { role: 'user', content }, agent_id: agent, environment_id: '', ...more };
}
