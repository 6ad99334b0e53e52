import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder of its own for one test, as an absolute path; removed with all that is in it when the test is over. */
export function tempDir(): string {
  const dir = makeTempDir();
  onTestFinished(() => removeTempDir(dir));
  return dir;
}

/** The same for several tests, or outside of a test: whoever makes it removes it. */
export function makeTempDir(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'clew-')));
}

/** Removes a folder with all that is in it; some systems need a moment until a process that ended lets go of its files. */
export function removeTempDir(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
