/** So much of something that is used up. */
export interface Quota {
  /** What has the limit. */
  readonly key: string;
  /** Amounts of one slot are one sum and end together. */
  readonly slot: string;
  /** 0: nothing is taken, only asked for. Negative: taken back. */
  readonly amount: number;
  /** Nothing can be taken while the amounts of the key add up to this or more. Null: always. */
  readonly limit: number | null;
  /** From when on the slot does not count any more, milliseconds since 1970. */
  readonly until: number;
}

/** What is used up, and when some of it will not count any more; null when nothing of it is taken. */
export interface FullQuota {
  readonly key: string;
  readonly freeAt: number | null;
}

/** Ceilings that hold over all processes: a part of `Store`. */
export interface Quotas {
  /**
   * Takes from all quotas, or, when one is used up, from none: the first one that is. Null when they were taken. Of calls at the same moment none sees a quota as another
   * one has not left it.
   */
  takeQuotas(quotas: readonly Quota[], at: number): Promise<FullQuota | null>;
  /** Gives back all that was taken under a slot, of whatever keys. */
  returnQuotas(slot: string): Promise<void>;
}
