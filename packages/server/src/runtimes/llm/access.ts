/** How a provider of models is spoken to: chat completions over HTTP. */
export interface ProviderAccess {
  /** Ends before `/chat/completions`. Null when something has to be set first; `missing` says what. */
  readonly baseUrl: string | null;
  /** Sent with each request. Their values are told to nobody else. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Parameters of every call, in the names of `llm_config`, which goes before them. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Price of a million tokens, by model. */
  readonly prices: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
  readonly firstTokenMs: number;
  readonly nextTokenMs: number;
  readonly missing: { readonly message: string; readonly fix: string } | null;
}

/** Providers by name. */
export type Providers = Readonly<Record<string, ProviderAccess>>;

/** A model of a provider that can be used. */
export interface ModelAccess extends ProviderAccess {
  readonly provider: string;
  /** As the provider calls it. */
  readonly model: string;
  readonly baseUrl: string;
}

/** Why a model cannot be used, in two sentences: what is wrong, and what to do. */
export interface Unusable {
  readonly message: string;
  readonly fix: string;
}

/** The provider and the model in an `llm`: `openrouter/meta-llama/llama-3.3-70b` is a model of `openrouter`. Undefined when it names no provider. */
export function splitModel(llm: string): { provider: string; model: string } | undefined {
  const slash = llm.indexOf('/');
  if (slash < 1 || slash === llm.length - 1) return undefined;
  return { provider: llm.slice(0, slash), model: llm.slice(slash + 1) };
}

/** The access to the model of an `llm`, or why there is none. Undefined when its provider is not known at all. */
export function findModel(llm: string, providers: Providers): ModelAccess | Unusable | undefined {
  const named = splitModel(llm);
  if (!named || !Object.hasOwn(providers, named.provider)) return undefined;
  const access = providers[named.provider] as ProviderAccess;
  const { baseUrl, missing } = access;
  if (baseUrl === null)
    return missing ?? { message: `The model provider \`${named.provider}\` has no address.`, fix: '' };
  return { ...access, ...named, baseUrl };
}

/** Whether the model can be used. */
export function isUsable(found: ModelAccess | Unusable): found is ModelAccess {
  return 'model' in found;
}
