import type { JsonObject, Part } from '../model/index.ts';

/** What a person did with a form. */
export interface FormAnswer {
  readonly operation: 'submit' | 'cancel';
  /** The values by the names of the form's fields; what was typed before a cancel, mostly nothing. */
  readonly data: JsonObject;
}

/**
 * The form in an answer, however it came; undefined when there is none, for instance because the person wrote a text instead.
 *
 * The chat sends an item `{form_operation: submit | cancel, form_data}`, whose data may be JSON in a text (ADK). Over ACP it is a part of any JSON type with the
 * values themselves, with that item, or the part with the form as it was asked (`application/vnd.clew.form+json`), `data` filled in. Values are not compared with
 * the form's schema.
 */
export function formOf(parts: readonly Part[]): FormAnswer | undefined {
  for (const part of parts) {
    if (part.type === 'item' && part.kind === 'form_operation') return operationIn(part.value);
    if (part.type === 'form' && part.data !== undefined) return { operation: 'submit', data: objectOf(part.data) };
    const sent = jsonIn(part);
    if (!sent) continue;
    if (typeof sent.form_operation === 'string') return operationIn(sent);
    return { operation: 'submit', data: isForm(part) ? objectOf(sent.data) : sent };
  }
  return undefined;
}

/** Whatever is not `submit` submits nothing. */
function operationIn({ form_operation: operation, form_data: data }: JsonObject): FormAnswer {
  return { operation: operation === 'submit' ? 'submit' : 'cancel', data: objectOf(data) };
}

function isForm(part: Part): boolean {
  return part.type === 'file' && /^application\/vnd\.clew\.form\+json\b/i.test(part.contentType);
}

/** The object in a part that is JSON. */
function jsonIn(part: Part): JsonObject | undefined {
  if (part.type !== 'file' || part.content === undefined) return undefined;
  if (!/^application\/(?:.+\+)?json\b/i.test(part.contentType)) return undefined;
  const text = part.encoding === 'base64' ? Buffer.from(part.content, 'base64').toString('utf8') : part.content;
  return parsed(text);
}

function objectOf(value: unknown): JsonObject {
  if (typeof value === 'string') return parsed(value) ?? {};
  return isObject(value) ? value : {};
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
