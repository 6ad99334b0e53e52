import type { OpenAICompatibleProvider } from '@ai-sdk/openai-compatible';
import { AgentError } from '../../model/index.ts';
import type { ModelAccess } from './access.ts';

/** A model as the AI SDK speaks to it. Its types are taken from here: the SDK's own package for them is no dependency. */
export type LanguageModel = ReturnType<OpenAICompatibleProvider['chatModel']>;
export type CallOptions = Parameters<LanguageModel['doStream']>[0];
export type Prompt = CallOptions['prompt'];
export type PromptMessage = Prompt[number];
export type UserPart = Extract<PromptMessage, { role: 'user' }>['content'][number];
export type AssistantPart = Extract<PromptMessage, { role: 'assistant' }>['content'][number];
export type ToolResultPart = Extract<
  Extract<PromptMessage, { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>;
export type OfferedTool = NonNullable<CallOptions['tools']>[number];
export type StreamPart =
  Awaited<ReturnType<LanguageModel['doStream']>>['stream'] extends ReadableStream<infer Part> ? Part : never;

/** The name under which parameters reach the body of a request as they are. */
export const RAW = 'clew';

/** Providers whose newer models refuse `max_tokens` under its old name. */
const NEW_NAMES = ['openai', 'azure'];

/**
 * Opens a model. Text between `<think>` and `</think>` comes as reasoning. The SDK is loaded at the first call, so that a server without such agents never does.
 *
 * @param thinksFirst The model's template has opened `<think>` already: its text begins as reasoning.
 */
export async function openModel(
  access: ModelAccess,
  { thinksFirst }: { thinksFirst: boolean },
): Promise<Pick<LanguageModel, 'doStream'>> {
  const [provider, { extractReasoningMiddleware, wrapLanguageModel }] = await Promise.all([
    openProvider(access),
    import('ai'),
  ]);
  return wrapLanguageModel({
    model: provider.chatModel(access.model),
    middleware: extractReasoningMiddleware({ tagName: 'think', startWithReasoning: thinksFirst }),
  });
}

/** Opens a model that gives vectors for texts. */
export async function openEmbeddingModel(
  access: ModelAccess,
): Promise<Pick<ReturnType<OpenAICompatibleProvider['embeddingModel']>, 'doEmbed'>> {
  return (await openProvider(access)).embeddingModel(access.model);
}

async function openProvider({ provider, baseUrl, headers, query }: ModelAccess): Promise<OpenAICompatibleProvider> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  return createOpenAICompatible({
    name: RAW,
    baseURL: baseUrl,
    headers: { ...headers },
    queryParams: { ...query },
    includeUsage: true,
    supportsStructuredOutputs: true,
    // Not followed: headers with keys would go along to whatever host is named.
    fetch: async (url, init) => {
      const response = await fetch(url, { ...init, redirect: 'manual' });
      return refusePages(response, provider);
    },
    transformRequestBody: (body) => {
      const { max_tokens, ...rest } = body;
      return NEW_NAMES.includes(provider) && max_tokens !== undefined
        ? { ...rest, max_completion_tokens: max_tokens }
        : body;
    },
  });
}

/**
 * A page, or the lines of Ollama's own API, come from an address that is not the one of chat completions. Only these two are refused: servers that do speak it
 * send their streams under all sorts of types.
 */
async function refusePages(response: Response, provider: string): Promise<Response> {
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  if (!response.ok || !/^(?:text\/html|application\/x-ndjson)$/i.test(type.trim())) return response;
  await response.body?.cancel();
  const message = `The model provider \`${provider}\` answers with \`${type.trim()}\` and not with chat completions. Set \`models.${provider}.baseUrl\` in clew.config.yaml to the address before \`/chat/completions\`; that of Ollama ends in \`/v1\`.`;
  throw new AgentError('model_refused', message);
}
