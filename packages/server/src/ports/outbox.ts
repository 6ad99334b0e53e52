/** What subscribers can be told of, by the name that their webhooks show. */
export const WEBHOOK_EVENTS = ['run.completed', 'run.failed', 'run.cancelled', 'run.waiting', 'feedback'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** A fact that was written together with what it tells, and that nobody has yet turned into deliveries. */
export interface OutboxEntry {
  /** Its place. Unique among those that are there. */
  readonly n: number;
  readonly type: WebhookEvent;
  readonly tenantId: string;
  readonly runId: string;
  /** The message that feedback was given on; null for everything else. */
  readonly messageId: string | null;
  /** When it happened, milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

/** What one subscriber is to be told. It names what happened and holds nothing that anybody said: that is read when it is sent. */
export interface NewDelivery extends Omit<OutboxEntry, 'n'> {
  /** Unique: the `webhook-id`, the same at every attempt. */
  readonly id: string;
  /** The entry that it was made from. */
  readonly entry: number;
  /** Name of the subscriber in the configuration. */
  readonly endpoint: string;
}

/** A delivery that has not come to an end well. */
export interface Delivery extends Omit<NewDelivery, 'entry'> {
  /** How many attempts were begun. */
  readonly attempts: number;
  /** When the next one is due; null: it is dead, none comes by itself. While an attempt is under way, when that is taken for lost. */
  readonly nextAt: number | null;
  /** What came of the last attempt, in a sentence; null before there was one. */
  readonly problem: string | null;
}

/** How an attempt ended: well; not well, with another to come; not well, and it was the last. */
export type DeliveryEnd =
  | { readonly state: 'delivered' }
  | { readonly state: 'failed'; readonly nextAt: number; readonly problem: string }
  | { readonly state: 'dead'; readonly problem: string };

/** How many deliveries of a subscriber are under way, and how many are dead. */
export interface DeliveryCounts {
  readonly pending: number;
  readonly dead: number;
}

/**
 * The outbox of webhooks. While somebody subscribes to a `WebhookEvent`, the same transaction that ends a run, makes it wait or keeps feedback with a
 * message writes an entry: whichever call of `Store` that is, and wherever the process is stopped. Nothing is told twice to the outbox, and nothing is forgotten.
 */
export interface Outbox {
  /**
   * From now on, and until the next call of whichever process, what is of these types goes to the outbox and nothing else does. The setting `WEBHOOKS_SETTING` keeps
   * them; with none, a store that never had any stays as it is.
   */
  subscribe(types: readonly WebhookEvent[]): Promise<void>;
  /** The oldest entries, at most `limit`. */
  readOutbox(limit: number): Promise<readonly OutboxEntry[]>;
  /**
   * Takes entries away and puts in what was made from them, due at `at`. Of what was made from an entry that is no longer there nothing is put in: another node was
   * first.
   */
  fanOut(entries: readonly number[], deliveries: readonly NewDelivery[], at: number): Promise<void>;
  /**
   * Begins an attempt of those deliveries to these endpoints that are due at `at`, at most `limit`, the longest due first: whoever asks next gets others. They are due again
   * at `until` unless they are settled before.
   */
  claimDeliveries(
    endpoints: readonly string[],
    claim: { readonly at: number; readonly until: number; readonly limit: number },
  ): Promise<readonly Delivery[]>;
  /** Ends an attempt. A delivered one is gone; otherwise what `attempts` does not fit is left alone: it belongs to a later attempt. */
  settleDelivery(id: string, attempts: number, end: DeliveryEnd): Promise<void>;
  /** The newest first, those of one endpoint if it is named. */
  listDeliveries(query: { readonly endpoint?: string; readonly limit: number }): Promise<readonly Delivery[]>;
  /** By endpoint; those without any are left out. */
  countDeliveries(): Promise<Readonly<Record<string, DeliveryCounts>>>;
  /** Makes deliveries due at `at`, with all their attempts before them: those of `ids`, or all that are dead. How many. */
  retryDeliveries(ids: readonly string[] | null, at: number): Promise<number>;
  /** Forgets dead deliveries of what happened before `before`. How many. */
  pruneDeliveries(before: number): Promise<number>;
}

/** Setting with a list of the `WebhookEvent`s that go to the outbox. */
export const WEBHOOKS_SETTING = 'webhooks';
