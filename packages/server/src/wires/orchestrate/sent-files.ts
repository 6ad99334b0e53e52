import { type RequestContent, type RunRequest, requestContent } from '@clew/wire/orchestrate';
import type { JsonObject, Part } from '../../model/index.ts';
import { decodeContent } from './items.ts';
import { decodeBody } from './requests.ts';

/**
 * What a request says, with the files that clients send in its context: `context: {data: [<text item>, <file_download item>], source: 'TOOL'}` (ADK
 * `create_run_with_files`). Its text counts where the message has none. `context` is what else there is in it.
 */
export function decodeSaid({ context, message }: RunRequest): { readonly parts: Part[]; readonly context: JsonObject } {
  const content = Array.isArray(message.content) ? message.content.flatMap(oneByOne) : message.content;
  const parts = decodeContent(content as RequestContent, ['body', 'message', 'content']);
  const { data, source, ...rest } = (context ?? {}) as JsonObject;
  if (source !== 'TOOL' || !Array.isArray(data)) return { parts, context: (context ?? {}) as JsonObject };
  const items = decodeBody(requestContent, data.flatMap(oneByOne));
  const sent = decodeContent(items, ['body', 'context', 'data']);
  const isEmpty = message.content === '';
  return {
    parts: [...(isEmpty ? [] : parts), ...sent.filter(({ type }) => isEmpty || type !== 'text')],
    context: rest,
  };
}

/** Each file as an item of its own: then it is a file to every agent and on every wire. */
function oneByOne(item: unknown): unknown[] {
  const { id: _, ...members } = Object(item) as Record<string, unknown>;
  const { response_type, files } = members;
  if (response_type !== 'file_download' || !Array.isArray(files) || files.length < 2) return [item];
  return files.map((file) => ({ ...members, files: [file] }));
}
