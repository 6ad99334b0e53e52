import type { Config } from '../config/config.ts';
import type { Engine } from '../engine/engine.ts';

/** A server that is put together but does not listen yet. */
export interface ClewServer {
  readonly engine: Engine;
  /** Starts to work and to listen. Rejects with one clear sentence (taken port, locked database, …) and leaves nothing open. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops to accept, lets runs end within the grace, releases leases, ends streams, closes the store. Safe to call twice. */
  close(): Promise<void>;
}
export type { Config };
