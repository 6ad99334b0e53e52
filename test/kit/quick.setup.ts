import { ChildProcess } from 'node:child_process';
import { afterAll, expect } from 'vitest';

/**
 * Keeps the group `unit` quick: a file of it that starts a process fails, and says what to do. Synchronous starts are not seen: Node
 * gives no place to see them at.
 */

const STARTED = Symbol.for('clew.test.started');
/** Node's own, which all ways to start a process come through; it is not in the types. */
const prototype = ChildProcess.prototype as unknown as {
  spawn: ((options: { file: string }) => unknown) & { [STARTED]?: string[] };
};

const started = prototype.spawn[STARTED] ?? watch();
started.length = 0;

afterAll(() => {
  expect(started, 'a test that starts processes belongs into a file `*.live.test.ts`').toEqual([]);
});

/** The programs that are started from now on. */
function watch(): string[] {
  const programs: string[] = [];
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    programs.push(options.file);
    return spawn.call(this, options);
  };
  prototype.spawn[STARTED] = programs;
  return programs;
}
