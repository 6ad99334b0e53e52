import { afterAll, expect, vi } from 'vitest';

/**
 * For groups whose files share a process (`isolate: false`): undoes stubs and spies at the end of a file, and fails a file that leaves
 * something else behind for the next one.
 */

/** How long servers and processes that were told to end may take. */
const END_MS = 5_000;

/** Set once by libraries and not taken back: PDF.js, Zod, undici. */
const OF_LIBRARIES = /^(DOMMatrix|ImageData|Path2D|_?pdfjs\w*|__zod_\w+|Symbol\(undici\.\S+\))$/;

/** What outlives a file, by name. */
function lasting(): Map<string, unknown> {
  return new Map<string, unknown>([
    ['the working folder', process.cwd()],
    ...Object.entries(process.env).map(([name, value]) => [`the variable ${name}`, value] as const),
    ...process.eventNames().map((name) => [`listeners for ${String(name)}`, process.listenerCount(name)] as const),
    ...Reflect.ownKeys(globalThis)
      .map(String)
      .filter((name) => !OF_LIBRARIES.test(name))
      .map((name) => [`the global ${name}`, true] as const),
  ]);
}

/** Servers that listen and processes that run. Sockets are not counted: clients keep them for a while on purpose. */
function open() {
  const count = (kind: string) => process.getActiveResourcesInfo().filter((one) => one === kind).length;
  return { servers: count('TCPServerWrap'), processes: count('ProcessWrap') };
}

const before = lasting();

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await vi.waitFor(() => expect(open(), 'left open by this file').toEqual({ servers: 0, processes: 0 }), {
    timeout: END_MS,
    interval: 5,
  });
  const after = lasting();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  // By name alone: values of the environment may be secrets.
  expect(changed, 'changed by this file and not taken back').toEqual([]);
}, 2 * END_MS);
