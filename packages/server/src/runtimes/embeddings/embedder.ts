import type { ModelAccess } from '../llm/access.ts';
import { type ModelFailure, readFailure } from '../llm/failures.ts';
import { openEmbeddingModel } from '../llm/sdk.ts';

/** What a model makes of texts: a point for each, in their order. Texts of like meaning get points that lie in like directions. */
export interface Embedder {
  /** `provider/model`: vectors of different models cannot be compared. */
  readonly model: string;
  /** One call. Rejects with `EmbeddingFailure`, or with the reason of the signal. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;
}

/** A call that gave no vectors. Its message is without secrets. */
export class EmbeddingFailure extends Error {
  override readonly name = 'EmbeddingFailure';
  readonly failure: Pick<ModelFailure, 'retryable' | 'retryAfterMs' | 'status'>;

  constructor(message: string, failure: EmbeddingFailure['failure']) {
    super(message);
    this.failure = failure;
  }
}

/** Embeds over `POST {baseUrl}/embeddings`, as OpenAI, Ollama, vLLM and most others have it. The SDK is loaded at the first call. */
export function createEmbedder(access: ModelAccess): Embedder {
  let opened: ReturnType<typeof openEmbeddingModel> | undefined;
  return {
    model: `${access.provider}/${access.model}`,
    async embed(texts, signal) {
      opened ??= openEmbeddingModel(access);
      try {
        const { embeddings } = await (await opened).doEmbed({ values: [...texts], abortSignal: signal });
        if (embeddings.length === texts.length) return embeddings;
      } catch (thrown) {
        signal.throwIfAborted();
        const failure = readFailure(thrown, access);
        throw new EmbeddingFailure(failure.detail, failure);
      }
      throw new EmbeddingFailure('The model gave another number of vectors than there were texts.', {
        retryable: false,
      });
    },
  };
}
