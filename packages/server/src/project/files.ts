import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Finding } from './project.ts';

/** A text file of the project. */
export interface TextFile {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * Files of a folder with one of these endings, relative to the project, in order. Names that begin with `.` or `_`, declarations and tests are
 * none of ours. A folder that does not exist has no files.
 */
export async function filesIn(root: string, folder: string, types: readonly string[]): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && types.includes(extname(entry.name)))
    .filter((entry) => !/^[._]|\.d\.m?ts$|\.test\./.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`)
    .sort(compare);
}

/** Reads a file as UTF-8, or says why that fails. */
export async function readTextFile(root: string, file: string): Promise<TextFile | Finding> {
  try {
    const [bytes, times] = await Promise.all([readFile(join(root, file)), stat(join(root, file))]);
    const updatedAt = Math.round(times.mtimeMs);
    // Some file systems know no time of birth and say 0; a copy that keeps its time is younger than its content.
    const createdAt = Math.min(Math.round(times.birthtimeMs) || updatedAt, updatedAt);
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), createdAt, updatedAt };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const place = { severity: 'error', file, line: 1, field: '' } as const;
    return code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? { ...place, message: 'The file is not text in UTF-8.', fix: 'Save it again as UTF-8.' }
      : {
          ...place,
          message: `The file cannot be read (${code ?? 'unknown cause'}).`,
          fix: 'Check that it exists and that you may read it.',
        };
  }
}

/** By code units, the same on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
