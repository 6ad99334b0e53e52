import { CONFIG_FILE, type WrittenSection } from './file.ts';
import { KNOWN_PROVIDERS, type KnownProvider } from './known-providers.ts';
import type { Mistake } from './mistake.ts';
import type { ModelProvider } from './model-provider.ts';
import { isAddress, readProviders, VARIABLE, type WrittenProvider } from './models-section.ts';

/**
 * The providers that the file configures and those that Clew knows. What is wrong with the file goes to `mistakes`. A variable that is not set is none: it
 * concerns only whoever uses the provider, who finds it in `missing`. No message holds what a variable was set to.
 */
export function resolveProviders(
  written: WrittenSection | undefined,
  variable: (name: string) => string | undefined,
  mistakes: Mistake[],
): Readonly<Record<string, ModelProvider>> {
  const configured = readProviders(written, mistakes);
  const names = new Set([...Object.keys(KNOWN_PROVIDERS), ...Object.keys(configured)]);
  return Object.freeze(
    Object.fromEntries([...names].map((name) => [name, resolve(name, configured[name] ?? {}, variable)])),
  );
}

function resolve(
  name: string,
  written: WrittenProvider,
  variable: (name: string) => string | undefined,
): ModelProvider {
  const known: KnownProvider = Object.hasOwn(KNOWN_PROVIDERS, name)
    ? KNOWN_PROVIDERS[name]!
    : { baseUrl: null, keyVariable: null };
  const unset: string[] = [];
  const fill = (text: string) =>
    text.replace(VARIABLE, (_, variableName: string) => {
      const value = variable(variableName)?.trim();
      if (!value) unset.push(variableName);
      return value ?? '';
    });
  const fillAll = (members: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(members).map(([member, text]) => [member, fill(text)]));

  const keyText = written.apiKey ?? (known.keyVariable && !written.headers ? `\${${known.keyVariable}}` : '');
  const key = fill(keyText);
  const baseUrl = fill(written.baseUrl ?? known.baseUrl ?? '').replace(/\/+$/, '');
  const headers = { ...keyHeader(known, key), ...fillAll(written.headers) };
  const query = { ...known.query, ...fillAll(written.query) };
  const missing =
    unset.length > 0
      ? unsetVariable(name, unset[0]!, known)
      : baseUrl === ''
        ? noAddress(name)
        : isAddress(baseUrl)
          ? null
          : {
              message: `The address of the model provider \`${name}\` is none.`,
              fix: `Correct \`models.${name}.baseUrl\` in ${CONFIG_FILE}.`,
            };
  return Object.freeze({
    baseUrl: missing ? null : baseUrl,
    headers: Object.freeze(headers),
    query: Object.freeze(query),
    defaults: Object.freeze(written.defaults ?? {}),
    prices: Object.freeze(written.prices ?? {}),
    firstTokenMs: written.firstTokenMs ?? 60_000,
    nextTokenMs: written.nextTokenMs ?? 60_000,
    missing,
  });
}

function keyHeader({ keyHeader: header }: KnownProvider, key: string): Record<string, string> {
  if (key === '') return {};
  return header ? { [header]: key } : { Authorization: `Bearer ${key}` };
}

function unsetVariable(name: string, variable: string, { keyVariable }: KnownProvider) {
  const message = `The model provider \`${name}\` needs ${variable}, and the environment has no such variable.`;
  const fix =
    variable === keyVariable
      ? `Set ${variable} before the server starts, or \`models.${name}.apiKey\` in ${CONFIG_FILE}.`
      : `Set ${variable} before the server starts.`;
  return { message, fix };
}

function noAddress(name: string) {
  return {
    message: `The model provider \`${name}\` has no address.`,
    fix: `Set \`models.${name}.baseUrl\` in ${CONFIG_FILE}.`,
  };
}
