import { CONFIG_FILE } from './file.ts';
import type { Mistake } from './mistake.ts';
import type { ModelProvider } from './model-provider.ts';
import { nearest } from './nearest.ts';
import type { SettingKey, SettingValue } from './settings.ts';

/** Whether `knowledge.embeddings` names a model of a provider that there is. That its key is in the environment is looked at when it is used. */
export function checkEmbeddings(
  values: ReadonlyMap<SettingKey, SettingValue>,
  providers: Readonly<Record<string, ModelProvider>>,
  mistakes: Mistake[],
): void {
  const model = values.get('knowledge.embeddings');
  if (typeof model !== 'string') return;
  const slash = model.indexOf('/');
  const provider = model.slice(0, Math.max(0, slash));
  if (slash > 0 && slash < model.length - 1 && Object.hasOwn(providers, provider)) return;
  const near = nearest(provider, Object.keys(providers));
  mistakes.push({
    source: CONFIG_FILE,
    line: null,
    key: 'knowledge.embeddings',
    message:
      slash > 0
        ? `There is no model provider \`${provider}\`.`
        : `\`${model.slice(0, 60)}\` is no model: a provider, a slash and its name.`,
    fix: near
      ? `Did you mean \`${near}${model.slice(slash)}\`?`
      : 'Write, for example, `embeddings: openai/text-embedding-3-small`, and list other providers under `models`.',
  });
}
