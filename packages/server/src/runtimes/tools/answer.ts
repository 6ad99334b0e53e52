import { type JsonObject, type Part, textOf } from '../../model/index.ts';

/** What a person said when asked whether calls may be made. */
export type Said =
  | { readonly is: 'yes' }
  | { readonly is: 'no'; readonly reason: string }
  | { readonly is: 'form'; readonly data: JsonObject };

const YES = /^(yes|y|ok|okay|approve|approved)[.!]*$/i;
const NO = /^(?:no|n|reject|rejected|cancel)(?:[.!]*$|[\s,.:;!–—-]+)/i;

/**
 * Reads an answer: a form that was submitted or cancelled (`form_operation` of the chat), JSON with the fields of the form (ACP and other programs), or words:
 * yes, ok, approve, no, reject, with a reason behind the last two. Whatever else is said approves nothing: the agent hears it as the reason.
 */
export function readAnswer(parts: readonly Part[]): Said {
  for (const part of parts) {
    if (part.type === 'item' && part.kind === 'form_operation') return readOperation(part.value);
    const data = jsonIn(part);
    if (data) return typeof data.form_operation === 'string' ? readOperation(data) : { is: 'form', data };
  }
  const text = textOf(parts).trim();
  if (YES.test(text)) return { is: 'yes' };
  return { is: 'no', reason: text.replace(NO, '').trim() };
}

function readOperation({ form_operation: operation, form_data: sent }: JsonObject): Said {
  const data = typeof sent === 'string' ? objectIn(sent) : sent;
  const values = typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as JsonObject) : {};
  if (operation === 'submit') return { is: 'form', data: values };
  return { is: 'no', reason: typeof values.reason === 'string' ? values.reason : '' };
}

/** The object in a part that is JSON. */
function jsonIn(part: Part): JsonObject | undefined {
  const isJson = 'contentType' in part && /^application\/(?:.+\+)?json\b/i.test(part.contentType ?? '');
  if (part.type !== 'file' || !isJson || part.content === undefined) return undefined;
  return objectIn(part.encoding === 'base64' ? Buffer.from(part.content, 'base64').toString('utf8') : part.content);
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
