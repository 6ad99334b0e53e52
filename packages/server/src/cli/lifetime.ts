import type { ClewServer } from '../app/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Io, note } from './io.ts';

/** Resolves at the first Ctrl-C or SIGTERM. */
export function untilStopped(io: Io): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const forget of forgets) forget();
      resolve();
    };
    const forgets = [io.onSignal('SIGINT', stop), io.onSignal('SIGTERM', stop)];
  });
}

/** From here on a person wonders what is going on. */
const SOON_MS = 400;

/**
 * Closes the server, which lets runs end within their grace. A second Ctrl-C does not wait for that; what is cut off goes on at the next
 * start.
 */
export async function drain(server: Pick<ClewServer, 'close'>, io: Io): Promise<ExitCode> {
  let forget = () => {};
  const impatient = new Promise<ExitCode>((resolve) => {
    forget = io.onSignal('SIGINT', () => resolve(EXIT.interrupted));
  });
  const hint = setTimeout(
    () => note(io, 'Letting runs end. Ctrl-C again does not wait: they go on at the next start.'),
    SOON_MS,
  );
  try {
    return await Promise.race([server.close().then((): ExitCode => EXIT.ok), impatient]);
  } finally {
    clearTimeout(hint);
    forget();
  }
}
