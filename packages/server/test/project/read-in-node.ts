import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Agent, JsonObject } from '../../src/model/index.ts';
import type { LoadProjectOptions } from '../../src/project/index.ts';

/** One reading of a project. */
export interface Step {
  readonly folder: string;
  /** Files to write before. */
  readonly put?: Readonly<Record<string, string>>;
  readonly options?: LoadProjectOptions;
}

/** What a reading gave. */
export interface Read {
  readonly agents: readonly {
    readonly agent: Agent;
    readonly source: string /** What its function yields. */;
    readonly yields?: readonly unknown[];
  }[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly inputSchema: JsonObject }[];
  readonly said: readonly string[];
}

/**
 * Reads projects one after another in a process of their own: Vitest has an import of its own, and Node's is the one that agents meet. Also gives
 * what the process wrote to standard error.
 */
export async function readInNode(
  steps: readonly Step[],
): Promise<{ readonly reads: readonly Read[]; readonly stderr: string }> {
  const script = fileURLToPath(new URL('reader.ts', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, JSON.stringify(steps)], {
    maxBuffer: 16_777_216,
  });
  return { reads: JSON.parse(stdout), stderr };
}
