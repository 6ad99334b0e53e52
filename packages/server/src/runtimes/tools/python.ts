import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../model/index.ts';
import type { ToolPermission } from '../../ports/index.ts';
import { DEFAULT_TIMEOUT_MS } from './code-tool.ts';
import type { McpServer } from './mcp/server.ts';

/** A function that `@tool` marks in a Python file. */
export interface PythonTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly permission: ToolPermission;
  /** Of its definition, from 1. */
  readonly line: number;
  /** What it is for (`PythonToolKind`): `agent_pre_invoke` and `agent_post_invoke` are plugins, all else is called as a tool. */
  readonly kind: string;
  /** `app_id`s of the connections that it wants (`expected_credentials`). */
  readonly credentials: readonly string[];
}

/** What a Python file holds, or why it cannot be loaded. */
export interface PythonFile {
  /** As it was named. */
  readonly file: string;
  readonly tools: readonly PythonTool[];
  readonly error?: { readonly message: string; readonly line: number };
}

/** What Python says of the files; `missing`: it cannot be started. */
export type PythonReport =
  | { readonly is: 'read'; readonly files: readonly PythonFile[] }
  | { readonly is: 'missing' | 'broken'; readonly message: string };

export interface PythonOptions {
  /** Program to start: a command, or an absolute path. */
  readonly command: string;
  /** The project, absolute. */
  readonly folder: string;
  /** Relative to the project. */
  readonly files: readonly string[];
}

/** Name of the toolkit that the Python files of a project are together. No file can give it to another one. */
export const PYTHON_TOOLKIT = 'tools/*.py';

const SCRIPT = fileURLToPath(new URL('./python/clew_tools.py', import.meta.url));
const LIST_MS = 30_000;
const MOST_OUTPUT = 4_194_304;

/** The Python of a project: the one that is set, that of its `.venv`, else the one of the machine. */
export function pythonOf(folder: string, set: string | null): string {
  if (set !== null) return /[\\/]/.test(set) ? resolve(folder, set) : set;
  const own = [join(folder, '.venv/bin/python'), join(folder, '.venv/Scripts/python.exe')].find((one) =>
    existsSync(one),
  );
  return own ?? (process.platform === 'win32' ? 'python' : 'python3');
}

/** Loads the files in a process of their own, which gets no secrets, and tells what they hold. Never rejects. */
export async function inspectPython({ command, folder, files }: PythonOptions): Promise<PythonReport> {
  const { getDefaultEnvironment } = await import('@modelcontextprotocol/client/stdio');
  return new Promise((done) => {
    const child = spawn(command, [SCRIPT, '--list', ...files], {
      cwd: folder,
      env: getDefaultEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIST_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > MOST_OUTPUT) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-2_000);
    });
    child.on('error', ({ code }: NodeJS.ErrnoException) => done({ is: 'missing', message: code ?? 'unknown cause' }));
    child.on('close', (code, signal) => {
      const files = code === 0 ? filesIn(output) : undefined;
      if (files) return done({ is: 'read', files });
      const last = printed.trim().split('\n').at(-1)?.trim();
      const cut = signal ? `it took longer than ${LIST_MS / 1_000} seconds, or was ended` : `status ${code}`;
      // What stands for Python where there is none: a shim of pyenv, or of the store of Windows.
      done({ is: code === 127 || code === 9009 ? 'missing' : 'broken', message: last ? `${cut}: ${last}` : cut });
    });
  });
}

function filesIn(output: string): PythonFile[] | undefined {
  try {
    const { files } = JSON.parse(output) as { readonly files: readonly Listed[] };
    return files.map(({ tools, ...rest }) => ({
      ...rest,
      tools: tools.map(({ _meta, ...tool }) => ({
        ...tool,
        permission: _meta['clew/permission'],
        kind: _meta['clew/kind'],
      })),
    }));
  } catch {
    return undefined;
  }
}

interface Listed extends Omit<PythonFile, 'tools'> {
  readonly tools: readonly (Omit<PythonTool, 'permission' | 'kind'> & {
    readonly _meta: { readonly 'clew/permission': ToolPermission; readonly 'clew/kind': string };
  })[];
}

/**
 * The server that runs the functions. It gets what every program needs of the environment, and `env`.
 *
 * @param version Changes with the files, so that a changed one is started anew.
 */
export function pythonServer(
  { command, folder, files }: PythonOptions,
  about: {
    readonly tools: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly version: string;
  },
): McpServer {
  return {
    name: PYTHON_TOOLKIT,
    reach: {
      by: 'stdio',
      command,
      args: [SCRIPT, ...files],
      env: { ...about.env, PYTHONUNBUFFERED: '1', CLEW_TOOLS_VERSION: about.version },
      folder,
    },
    tools: about.tools,
    permission: null,
    approve: undefined,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    tellsContext: true,
  };
}
