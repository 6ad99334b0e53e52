import type { HoldingsReply } from '@clew/wire/orchestrate';

/** That somebody was erased, without who it was. */
export interface KeptReceipt {
  readonly id: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly counts: HoldingsReply;
}

/** Takes away what there is of somebody. The composition root implements it. `sub` and `channel` are as in `erasureRequest`; a channel that there is not: `channel_not_found`. */
export interface ErasureDesk {
  /** What would be taken away. */
  measure(sub: string, channel: string | undefined): Promise<HoldingsReply>;
  erase(sub: string, channel: string | undefined): Promise<KeptReceipt>;
  /** The newest first. */
  receipts(limit: number): Promise<readonly KeptReceipt[]>;
}
