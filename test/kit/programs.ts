import { spawnSync } from 'node:child_process';

/** Whether a program is there and ends well with these arguments, for tests that do without where it is not. */
export function works(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}
