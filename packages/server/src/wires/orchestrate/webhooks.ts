type WebhookEvent = 'run.completed' | 'run.failed' | 'run.cancelled' | 'run.waiting' | 'feedback';

/** A subscriber of webhooks, as its operator sees it. */
export interface WebhookInfo {
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly channels: readonly string[] | null;
  readonly agents: readonly string[] | null;
  readonly include: readonly ('text' | 'user')[];
  readonly pending: number;
  readonly dead: number;
}

/** A delivery that has not come to an end well. */
export interface DeliveryInfo {
  readonly id: string;
  readonly endpoint: string;
  readonly type: WebhookEvent;
  readonly runId: string;
  readonly messageId: string | null;
  readonly at: number;
  readonly attempts: number;
  readonly nextAt: number | null;
  readonly problem: string | null;
}

/** The subscribers of the server. The composition root implements it. */
export interface WebhookDesk {
  /** In the order of the configuration. */
  list(): Promise<readonly WebhookInfo[]>;
  /** The newest first. */
  deliveries(limit: number): Promise<readonly DeliveryInfo[]>;
  /** These, or all that were given up. How many. */
  retry(ids: readonly string[] | null): Promise<number>;
  /** Sends a test at once. `webhook_not_found` when there is none of that name. */
  test(name: string): Promise<{ readonly status: number | null; readonly problem: string | null; readonly ms: number }>;
}
