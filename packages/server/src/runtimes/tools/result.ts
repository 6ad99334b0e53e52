import type { Json, JsonObject } from '../../model/index.ts';
import type { ToolResult } from '../../ports/index.ts';

/** Member of a result's `meta` that holds a content item for the chat (ADK, `ToolResult.widget`). */
export const WIDGET = 'com.ibm.orchestrate/widget';

/** Member of a result's `meta` that says why a call failed: `{ code }`. */
export const FAILURE = 'clew/error';

/** Longest result, as JSON: it is kept in the log and read by a model. */
const LONGEST = 262_144;

type Piece = ToolResult['content'][number];

/**
 * A result as the output of its step keeps it, in the words of MCP's `CallToolResult`, which are those of ADK's `ToolResult` too:
 * `{ content: [{ type, text, annotations? }], structuredContent?, isError?, _meta? }`.
 */
export function toStored({ content, structuredContent, meta, isError }: ToolResult): JsonObject {
  const stored = {
    content: content.map(({ audience, ...piece }) => (audience ? { ...piece, annotations: { audience } } : piece)),
    ...(structuredContent === undefined ? {} : { structuredContent }),
    ...(isError ? { isError } : {}),
    ...(meta === undefined ? {} : { _meta: meta }),
  } satisfies JsonObject;
  const { length } = JSON.stringify(stored);
  if (length <= LONGEST) return stored;
  const message = `The result has ${length} characters and a tool may give back ${LONGEST}. Ask for less.`;
  return toStored(failure('tool_result_too_large', message));
}

/** The result that the output of a step holds; whatever a step of another kind gave back is read as what a function gives back. */
export function fromStored(output: Json | undefined): ToolResult {
  return toResult(output);
}

/** A call that did not work, in words that the model reads. */
export function failure(code: string, message: string): ToolResult {
  return { content: [{ type: 'text', text: `Error: ${message}` }], meta: { [FAILURE]: { code } }, isError: true };
}

/**
 * What a function gave back: text, a result (of this program, of MCP or of the ADK), or any value that JSON knows. Throws a `TypeError` when it is none of
 * these.
 */
export function toResult(given: unknown): ToolResult {
  if (given === undefined || given === null) return { content: [] };
  if (typeof given === 'string') return { content: [{ type: 'text', text: given }] };
  const value = toJson(given);
  if (
    isObject(value) &&
    Array.isArray(value.content) &&
    value.content.every((piece) => isText(piece) || isMedium(piece))
  )
    return resultOf(value);
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value };
}

/** What the model reads of a result. */
export function textForModel({ content, structuredContent, isError }: ToolResult): string {
  const pieces = content.filter(({ audience }) => !audience || audience.includes('assistant'));
  if (pieces.length > 0) return pieces.map(({ text }) => text).join('\n');
  if (structuredContent !== undefined) return JSON.stringify(structuredContent);
  if (content.length > 0) return 'The result was shown to the person.';
  return isError ? 'The tool failed and does not say why.' : 'Done.';
}

/** What is shown to the person and not given to the model. */
export function textForPerson({ content }: ToolResult): string {
  const pieces = content.filter(({ audience }) => audience?.includes('user') && !audience.includes('assistant'));
  return pieces.map(({ text }) => text).join('\n\n');
}

function resultOf(value: JsonObject): ToolResult {
  const { structuredContent, isError } = value;
  const meta = {
    ...(isObject(value.meta) ? value.meta : {}),
    ...(isObject(value._meta) ? value._meta : {}),
    ...(isObject(value.widget) ? { [WIDGET]: value.widget } : {}),
  };
  const pieces = value.content as readonly JsonObject[];
  // Pieces for the model alone are not stored: no model reads them.
  const media = pieces
    .filter((piece) => isMedium(piece) && (audienceOf(piece).length === 0 || audienceOf(piece).includes('user')))
    .map(({ mimeType, data }) => ({ contentType: mimeType as string, data: data as string }));
  return {
    content: pieces.map(pieceOf),
    ...(media.length === 0 ? {} : { media }),
    ...(structuredContent === undefined || structuredContent === null ? {} : { structuredContent }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    ...(isError === true ? { isError } : {}),
  };
}

function pieceOf(piece: JsonObject): Piece {
  const audience = audienceOf(piece);
  // Media are named, since models are given text.
  const text = isMedium(piece) ? `(${piece.type}, ${piece.mimeType})` : (piece.text as string);
  const about = isMedium(piece) ? ['assistant' as const] : audience;
  return { type: 'text', text, ...(about.length === 0 ? {} : { audience: about }) };
}

function audienceOf(piece: JsonObject): ('user' | 'assistant')[] {
  const said = piece.audience ?? (isObject(piece.annotations) ? piece.annotations.audience : undefined);
  return Array.isArray(said) ? said.filter((one) => one === 'user' || one === 'assistant') : [];
}

function isText(piece: Json): boolean {
  return isObject(piece) && piece.type === 'text' && typeof piece.text === 'string';
}

/** A picture or a sound in the words of MCP. */
function isMedium(piece: Json): boolean {
  if (!isObject(piece) || (piece.type !== 'image' && piece.type !== 'audio')) return false;
  return typeof piece.data === 'string' && typeof piece.mimeType === 'string';
}

/** The value as JSON keeps it. Throws a `TypeError` for what JSON cannot hold: a circle, a function, nothing at all. */
export function toJson(value: unknown): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A circle or a bigint: the next line says so.
  }
  if (text === undefined)
    throw new TypeError('A tool works with text and with values that JSON can hold: this is neither.');
  return JSON.parse(text) as Json;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
