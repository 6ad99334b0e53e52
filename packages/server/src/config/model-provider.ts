/** A provider of models as it is spoken to. Its headers may be secret. */
export interface ModelProvider {
  /** Ends before `/chat/completions`, without a slash. Null when the provider cannot be used; `missing` then says why. */
  readonly baseUrl: string | null;
  /** Sent with each request, the key included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Added to each address. */
  readonly query: Readonly<Record<string, string>>;
  /** Parameters of every call that the agent does not set itself, in the names of `llm_config`. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Price of a million tokens, by model. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  /** How long the first token, and each one after it, may take. Default 60,000 ms. */
  readonly firstTokenMs: number;
  readonly nextTokenMs: number;
  /** What has to be set before the provider can be used, as one sentence each: what is wrong, and what to do. Null when nothing has. */
  readonly missing: { readonly message: string; readonly fix: string } | null;
}
