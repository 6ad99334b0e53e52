import type { ClewServer } from '../app/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Io, note } from './io.ts';

/**
 * Resolves at the first Ctrl-C or SIGTERM, with which it was. SIGTERM stays caught for the rest of the process: a supervisor and npm may both send one, and the second must not
 * cut the draining short.
 */
export function untilStopped(io: Io): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    const forget = io.onSignal('SIGINT', () => stop('SIGINT'));
    io.onSignal('SIGTERM', () => stop('SIGTERM'));
    function stop(signal: 'SIGINT' | 'SIGTERM'): void {
      forget();
      resolve(signal);
    }
  });
}

/**
 * Agents run in this process: a promise that one of them forgot about, for instance a step that ends because its run was cancelled, must not take the
 * runs of everybody with it. What is thrown outside of promises still ends the process: nothing is known of its state then.
 */
export function surviveRejections(io: Io, log: { error(about: object, message: string): void }): void {
  io.onRejection((err) =>
    log.error({ err }, 'a promise was rejected and nobody looked; most likely an agent forgot an await'),
  );
}

/** From here on a person wonders what is going on. */
const SOON_MS = 400;

/** How a server is stopped. */
export interface DrainOptions {
  /** What asked for it. Default Ctrl-C. */
  readonly signal?: 'SIGINT' | 'SIGTERM';
  /** Where the hint goes. Default: to stderr, for people; a log of JSON lines takes it as one of them. */
  readonly tell?: (hint: string) => void;
}

/**
 * Closes the server, which lets runs end within their grace. At SIGTERM load balancers are told before: a person at a terminal has none. After a hint that says so, a
 * second Ctrl-C does not wait for that; what is cut off goes on at the next start.
 */
export async function drain(
  server: Pick<ClewServer, 'close' | 'drain'>,
  io: Io,
  { signal = 'SIGINT', tell = (hint) => note(io, hint) }: DrainOptions = {},
): Promise<ExitCode> {
  let forget = () => {};
  let hinted = false;
  const impatient = new Promise<ExitCode>((resolve) => {
    // One that comes sooner is the first again: a terminal sends it to the whole group, and npm passes it on.
    forget = io.onSignal('SIGINT', () => hinted && resolve(EXIT.interrupted));
  });
  const hint = setTimeout(() => {
    hinted = true;
    tell('Letting runs end. Ctrl-C again does not wait: they go on at the next start, or at another server.');
  }, SOON_MS);
  const ended = (signal === 'SIGTERM' ? server.drain() : Promise.resolve()).then(() => server.close());
  try {
    return await Promise.race([ended.then((): ExitCode => EXIT.ok), impatient]);
  } finally {
    clearTimeout(hint);
    forget();
  }
}
