import type { JsonObject } from './json.ts';
import type { MessageStep } from './message.ts';

/** Tokens of one or more calls of a model, as the output of a step of kind `model` holds them under `usage`. */
export type ModelUsage = {
  readonly provider: string;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Those of the input that the provider had already. */
  readonly cached_tokens: number;
  /** In the currency of the configured prices; absent where none are configured. */
  readonly cost?: number;
};

/** What the model calls among these steps used, one entry for each model, in the order of their first calls. */
export function usageOf(steps: readonly MessageStep[]): ModelUsage[] {
  const sums = new Map<string, ModelUsage>();
  for (const step of steps) {
    const usage = usageIn(step);
    if (!usage) continue;
    const key = JSON.stringify([usage.provider, usage.model]);
    const sum = sums.get(key);
    sums.set(key, sum ? add(sum, usage) : usage);
  }
  return [...sums.values()];
}

/** The usage that a step recorded; undefined for steps that are no call of a model, and for a call whose tokens nobody counted. */
export function usageIn({ kind, output }: Pick<MessageStep, 'kind' | 'output'>): ModelUsage | undefined {
  if (kind !== 'model' || output === null || typeof output !== 'object' || Array.isArray(output)) return undefined;
  return (output as JsonObject).usage as ModelUsage | undefined;
}

function add(one: ModelUsage, other: ModelUsage): ModelUsage {
  const cost = one.cost === undefined && other.cost === undefined ? undefined : (one.cost ?? 0) + (other.cost ?? 0);
  return {
    provider: one.provider,
    model: one.model,
    input_tokens: one.input_tokens + other.input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    cached_tokens: one.cached_tokens + other.cached_tokens,
    ...(cost === undefined ? {} : { cost }),
  };
}
