import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { createErasure, createSweeper, type Engine } from '../engine/index.ts';
import type { Identity } from '../http/index.ts';
import type { FileStore, Notifier, Store } from '../ports/index.ts';
import type { ErasureDesk } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';

/** What takes away what is not to be kept: when somebody asks for it, and when its time is over. */
export interface Retention {
  readonly desk: ErasureDesk;
  /** Begins to sweep now and then. */
  start(): void;
  stop(): Promise<void>;
}

/** Erasure and retention of an installation, by its configuration. */
export function retentionOf(parts: {
  readonly config: Config;
  readonly tenantId: string;
  readonly store: Store;
  readonly files: Pick<FileStore, 'list' | 'remove'>;
  readonly engine: Engine;
  readonly notifier: Notifier;
  readonly identity: Pick<Identity, 'personsOf'>;
  readonly log: Logger;
}): Retention {
  const { config, tenantId, store, files, engine, notifier, identity, log } = parts;
  const erasure = createErasure({ store, engine, notifier, clock: REAL_CLOCK });
  const sweeper = createSweeper({
    store,
    files,
    clock: REAL_CLOCK,
    settings: config.retention,
    onSwept: (swept) =>
      log.info(
        Object.fromEntries(Object.entries(swept).filter(([, count]) => count > 0)),
        'removed or archived what is old',
      ),
    onDefect: (err) => log.error({ err }, 'what is old could not be removed or archived; it is tried again'),
  });
  const personsOf = (sub: string, named: string | undefined) => {
    const { userIds, channel } = identity.personsOf(sub, named);
    return userIds.map((userId) => ({ tenantId, userId, ...(channel === undefined ? {} : { channel }) }));
  };
  // An SQLite file of which all is kept wants nothing.
  const sweeps = config.storage.url !== null || Object.values(config.retention).some((ms) => ms !== null);
  return {
    desk: {
      measure: async (sub, channel) => erasure.measure(personsOf(sub, channel)),
      async erase(sub, channel) {
        const receipt = await erasure.erase(personsOf(sub, channel));
        log.info({ receipt: receipt.id, ...receipt.counts }, 'somebody was erased');
        return receipt;
      },
      receipts: (limit) => erasure.receipts(limit),
    },
    start() {
      if (sweeps) sweeper.start();
    },
    stop: () => sweeper.stop(),
  };
}
