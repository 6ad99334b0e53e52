/** What a subscriber of webhooks can be told of. */
export type WebhookType = 'run.completed' | 'run.failed' | 'run.cancelled' | 'run.waiting' | 'feedback';

/** Who is told of what, as `docs/webhooks.md` describes it. */
export interface WebhookConfig {
  /** Unique. Default: the host of the address. */
  readonly name: string;
  /** Where it is sent. May hold a secret of its own: it is shown to operators and logged without its path. */
  readonly url: string;
  readonly events: readonly WebhookType[];
  /** Variable of the environment with the secret, or several with spaces between them. */
  readonly secretEnv: string;
  /** The secrets, the first one first: `whsec_` and base64. Empty while the environment has none. */
  readonly secrets: readonly string[];
  /** Only what happens in these channels; null: in all, and where there is none. */
  readonly channels: readonly string[] | null;
  /** Only what these agents do, by name; null: all. */
  readonly agents: readonly string[] | null;
  /** What is told beside ids: `text` is what was said, `user` the name of the person. Default: neither. */
  readonly include: readonly ('text' | 'user')[];
  /** For one attempt. Default 15 s. */
  readonly timeoutSeconds: number;
}
