import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const BIN = join(ROOT, 'node_modules', '.bin');
/** How soon the end of npm is noticed. */
const PARENT_CHECK_MS = 100;
const WINDOWS = process.platform === 'win32';

/** Ends the program with one sentence in place of a stack. */
export class Stop extends Error {
  /** @param {string} message @param {number} [exitCode] default 1 */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Prints one line to stderr, so that stdout stays what the task itself prints. @param {string} line */
export function say(line) {
  process.stderr.write(`clew: ${line}\n`);
}

/**
 * The Node that tasks run on: the npm package `node`, whose version the lock file pins.
 * @returns {string | undefined} undefined while it is not installed
 */
export function pinnedNode() {
  const path = join(ROOT, 'node_modules', 'node', 'bin', WINDOWS ? 'node.exe' : 'node');
  return existsSync(path) ? path : undefined;
}

/**
 * The environment of children: the programs of the lock file come before those of the machine. For npm they are left out: it must not
 * run on the Node that it replaces.
 */
function childEnv(extra, withInstalled) {
  const env = { ...process.env, ...extra };
  const path = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (env[path] ?? '').split(delimiter).filter((folder) => folder !== BIN);
  return { ...env, [path]: (withInstalled ? [BIN, ...folders] : folders).join(delimiter) };
}

/**
 * Runs a program to its end.
 * @param {string} command @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options] `quiet` collects the output in place of showing it
 * @returns {Promise<{ code: number, output: string }>} `code` is 128 + n for a program that died by signal n
 */
export function run(command, args, options = {}) {
  const { quiet = false, env = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: childEnv(env, command !== 'npm'),
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: WINDOWS && command === 'npm',
    });
    const stopPassing = passSignals(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      stopPassing();
      reject(new Stop(`${command} could not be started (${error.message}).`));
    });
    child.once('close', (code, signal) => {
      stopPassing();
      resolve({ code: code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0), output });
    });
  });
}

/**
 * Hands signals on to the child and lets it decide how to end. On a terminal Ctrl-C already reaches the whole process
 * group; handed on, it would count twice.
 *
 * The npm scripts say `exec`, because the shell that npm starts them in would die of SIGTERM, and sit through SIGINT, without
 * handing either on. npm that is killed cannot hand on anything: its death counts as SIGTERM.
 */
function passSignals(child) {
  const stops = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => {
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      child.kill('SIGTERM');
    }, PARENT_CHECK_MS);
    stops.push(() => clearInterval(timer));
  }
  return () => {
    for (const stop of stops) stop();
  };
}
