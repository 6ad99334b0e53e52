import pg from 'pg';

/** The connections of one pool, or of the bell: those that are open, and those being made. */
export interface Connections {
  /** What makes them. */
  readonly Client: typeof pg.Client;
  /** Cuts all of them and makes no more: what is asked over them rejects at once, as when the network broke. */
  cut(): void;
  /** Resolves when all are closed; cuts those that are not after `ms`. */
  closed(ms: number): Promise<void>;
}

/** How long a database may take to answer a goodbye: milliseconds. */
export const GOODBYE_MS = 1_000;

/**
 * Keeps account of connections. `pg` says goodbye and waits until the server has closed the connection: over a network that drops packets, for ever. Rejected: the
 * pool's own list, which knows of neither those that it has let go of nor those that are being made.
 */
export function createConnections(): Connections {
  const open = new Set<Client>();
  let isCut = false;
  let whenNone: (() => void) | undefined;

  class Client extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      open.add(this);
      this.once('end', () => {
        open.delete(this);
        if (open.size === 0) whenNone?.();
      });
      // What connects from now on finds its socket closed.
      if (isCut) setImmediate(() => this.connection.stream.destroy());
    }
  }

  function cut(): void {
    isCut = true;
    for (const { connection } of open) connection.stream.destroy();
  }

  return {
    Client,
    cut,
    async closed(ms) {
      if (open.size === 0) return;
      const late = setTimeout(cut, ms);
      await new Promise<void>((resolve) => {
        whenNone = resolve;
      });
      clearTimeout(late);
    },
  };
}
