import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** A disk that a test fills. */
export interface SmallDisk {
  /** Where it is mounted; everybody may write there. */
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

const CHUNK = Buffer.alloc(64 * 1024);
/** The size of a page of memory: what is left is less than that. */
const LAST_CHUNK = Buffer.alloc(4 * 1024);

/** Whether this process may mount one: root on Linux, and not in every container. */
export const canMount: boolean = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = makeTempDir();
  try {
    mount(folder, 1);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    removeTempDir(folder);
  }
})();

/** A disk in memory of so many MiB; gone when the test is over. Rejected: `RLIMIT_FSIZE`, which fails with another error than a full disk. */
export function smallDisk(mebibytes: number): SmallDisk {
  const folder = makeTempDir();
  mount(folder, mebibytes);
  onTestFinished(() => {
    unmount(folder);
    removeTempDir(folder);
  });
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const chunk of [CHUNK, LAST_CHUNK]) while (writes(file, chunk));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast),
  };
}

function writes(file: number, chunk: Buffer): boolean {
  try {
    return writeSync(file, chunk) === chunk.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

function mount(folder: string, mebibytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0777`, 'clew-test', folder], {
    stdio: 'ignore',
  });
}

/** Lazily: what still has a file open keeps it until it is closed. */
function unmount(folder: string): void {
  execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
}
