import type { RunUsage, TokenUsage } from '@clew/wire/orchestrate';
import type { ModelUsage } from '../../model/index.ts';

/** Tokens as this wire has them (its runs since 2.18); null when no model worked, or nobody counted. `cost` is Clew's own, where prices are configured. */
export function encodeUsage(usage: readonly ModelUsage[]): RunUsage | null {
  const [first] = usage;
  if (!first) return null;
  const costs = usage.flatMap(({ cost }) => (cost === undefined ? [] : [cost]));
  return {
    model_name: first.model,
    model_usage: usage.map((one) => ({ provider: one.provider, model_name: one.model, token_usage: tokens([one]) })),
    token_usage: tokens(usage),
    ...(costs.length > 0 ? { cost: costs.reduce((sum, cost) => sum + cost, 0) } : {}),
  };
}

function tokens(usage: readonly ModelUsage[]): TokenUsage {
  const sum = (of: (one: ModelUsage) => number) => usage.reduce((total, one) => total + of(one), 0);
  const prompt = sum(({ input_tokens }) => input_tokens);
  const completion = sum(({ output_tokens }) => output_tokens);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: sum(({ cached_tokens }) => cached_tokens) },
  };
}
