/** A provider of models that needs no more than its key. */
export interface KnownProvider {
  /** Null: each customer has an address of their own, which the file gives. */
  readonly baseUrl: string | null;
  /** The variable of the environment that holds the key; null: it needs none. */
  readonly keyVariable: string | null;
  /** The header for the key. Default: `Authorization`, as a bearer token. */
  readonly keyHeader?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** `docs/models.md` lists them; a test compares the two. */
export const KNOWN_PROVIDERS: Readonly<Record<string, KnownProvider>> = {
  openai: { baseUrl: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', keyVariable: 'GROQ_API_KEY' },
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', keyVariable: 'OPENROUTER_API_KEY' },
  mistral: { baseUrl: 'https://api.mistral.ai/v1', keyVariable: 'MISTRAL_API_KEY' },
  deepseek: { baseUrl: 'https://api.deepseek.com/v1', keyVariable: 'DEEPSEEK_API_KEY' },
  together: { baseUrl: 'https://api.together.xyz/v1', keyVariable: 'TOGETHER_API_KEY' },
  ollama: { baseUrl: 'http://127.0.0.1:11434/v1', keyVariable: null },
  lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', keyVariable: null },
  vllm: { baseUrl: null, keyVariable: null },
  azure: { baseUrl: null, keyVariable: 'AZURE_OPENAI_API_KEY', keyHeader: 'api-key' },
  watsonx: { baseUrl: null, keyVariable: 'WATSONX_API_KEY' },
};
