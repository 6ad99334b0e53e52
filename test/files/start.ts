import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';

/** A server with agents that read files. */
export interface Filing extends ServedProcess {
  /** Folder of its project. */
  readonly folder: string;
  /** Calls an address, absolute or below `/api/v1`. */
  call(path: string, init?: RequestInit & { readonly token?: string | undefined }): Promise<Called>;
  /** Uploads files and gives back their entries. */
  upload(files: readonly File[], token?: string): Promise<Called>;
  /** Says something with files, as the ADK's client does, and gives back the thread and its messages. */
  say(
    content: string | readonly object[],
    more: Say,
  ): Promise<{ readonly threadId: string; readonly messages: readonly Shown[] }>;
  end(): Promise<void>;
}

export interface Say {
  readonly agent: string;
  readonly thread?: string;
  readonly files?: readonly unknown[];
  readonly token?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every kind
export type Shown = any;

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Shown;
}

/** Starts a copy of the project with this configuration. */
export async function start(config: object = {}, env: Readonly<Record<string, string>> = {}): Promise<Filing> {
  const folder = makeTempDir();
  cpSync(join(import.meta.dirname, 'project'), folder, { recursive: true });
  // JSON is YAML.
  writeFileSync(join(folder, 'clew.config.yaml'), JSON.stringify(config));
  const served = await serve({ project: folder, args: ['--grace-ms', '0'], env });
  const call: Filing['call'] = async (path, { token, headers, ...init } = {}) => {
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const address = /^http/.test(path) ? path : `${served.url}/api/v1${path}`;
    const response = await fetch(address, { ...init, headers: { ...authorization, ...(headers as object) } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return {
    ...served,
    folder,
    call,
    upload(files, token) {
      const body = new FormData();
      for (const file of files) body.append('files', file);
      return call('/orchestrate/upload-to-s3', { method: 'POST', body, token });
    },
    async say(content, { agent, thread, files = [], token }) {
      const data = [
        { id: '1', response_type: 'text', text: content },
        { id: '2', response_type: 'file_download', files },
      ];
      const {
        body,
        status,
        text: said,
      } = await call('/orchestrate/runs?stream=true', {
        method: 'POST',
        token,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          message: { role: 'user', content },
          agent_id: agent,
          thread_id: thread,
          context: files.length > 0 ? { data, source: 'TOOL' } : {},
        }),
      });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      const threadId = JSON.parse(said.split('\n')[0] as string).data.thread_id as string;
      return { threadId, messages: (await call(`/threads/${threadId}/messages`, { token })).body };
    },
    async end() {
      await served.stop();
      removeTempDir(folder);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
