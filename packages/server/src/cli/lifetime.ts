import type { ClewServer } from '../app/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Io, note } from './io.ts';

/**
 * Resolves at the first Ctrl-C or SIGTERM. SIGTERM stays caught for the rest of the process: a supervisor and npm may both send one, and the second must not
 * cut the draining short.
 */
export function untilStopped(io: Io): Promise<void> {
  return new Promise((resolve) => {
    const forget = io.onSignal('SIGINT', stop);
    io.onSignal('SIGTERM', stop);
    function stop(): void {
      forget();
      resolve();
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

/**
 * Closes the server, which lets runs end within their grace. After a hint that says so, a
 * second Ctrl-C does not wait for that; what is cut off goes on at the next start.
 */
export async function drain(server: Pick<ClewServer, 'close'>, io: Io): Promise<ExitCode> {
  let forget = () => {};
  let hinted = false;
  const impatient = new Promise<ExitCode>((resolve) => {
    // One that comes sooner is the first again: a terminal sends it to the whole group, and npm passes it on.
    forget = io.onSignal('SIGINT', () => hinted && resolve(EXIT.interrupted));
  });
  const hint = setTimeout(() => {
    hinted = true;
    note(io, 'Letting runs end. Ctrl-C again does not wait: they go on at the next start.');
  }, SOON_MS);
  try {
    return await Promise.race([server.close().then((): ExitCode => EXIT.ok), impatient]);
  } finally {
    clearTimeout(hint);
    forget();
  }
}
