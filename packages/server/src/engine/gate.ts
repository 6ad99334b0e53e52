/** Lets one in after the other. */
export interface Gate {
  /** How long a turn may take, in milliseconds. */
  readonly mostMs: number;
  /**
   * Resolves when it is one's turn, with what to call when one is done; `onLate` is called when the time (`times` of it, default 1) is up before that. Rejects with the
   * reason of `signal` when that aborts while one waits.
   */
  enter(signal: AbortSignal, onLate: () => void, times?: number): Promise<() => void>;
}

/** A turn is over when one is done, and `mostMs` (or `times` of that) after it began at the latest. */
export function createGate(mostMs: number): Gate {
  let last = Promise.resolve();
  return {
    mostMs,
    enter(signal, onLate, times = 1) {
      const before = last;
      const turn = Promise.withResolvers<void>();
      last = before.then(() => turn.promise);
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          turn.resolve();
          reject(signal.reason);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp, { once: true });
        void before.then(() => {
          if (signal.aborted) return;
          signal.removeEventListener('abort', giveUp);
          const over = setTimeout(() => {
            turn.resolve();
            onLate();
          }, mostMs * times);
          resolve(() => {
            clearTimeout(over);
            turn.resolve();
          });
        });
      });
    },
  };
}
