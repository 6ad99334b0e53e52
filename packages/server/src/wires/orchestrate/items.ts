import { isDeepStrictEqual } from 'node:util';
import type { ContentItem, RequestContent } from '@clew/wire/orchestrate';
import { type FilePart, type JsonObject, mediaTypeOf, type Part, type TextPart } from '../../model/index.ts';
import { addressOf, fileAt } from './media.ts';
import { invalid } from './requests.ts';

/** Where this wire keeps what the model has no place for, in the `extra` of parts and messages. */
export const EXTRA = 'orchestrate';

/** Parts that are content items; citations belong to the text. */
export type ItemlikePart = Exclude<Part, { type: 'citation' }>;

type Item = Exclude<Exclude<RequestContent, string>[number], string>;

/** The content of a request's message as parts. `where` is its place in the request, for complaints. */
export function decodeContent(content: RequestContent, where: readonly (string | number)[]): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((item, i) =>
    typeof item === 'string' ? { type: 'text', text: item } : decodeItem(item, [...where, i]),
  );
}

/** A part as a content item. An item that came from a client is given back as it came; one without an id gets `id`. */
export function encodeItem(part: ItemlikePart, id: string): ContentItem {
  switch (part.type) {
    case 'text': {
      const { id: own = id, ...rest } = kept(part);
      return { response_type: 'text', id: own as string, text: part.text, ...rest };
    }
    case 'file': {
      const written = fileItem(part, id);
      const { response_type } = written;
      return part.extra?.[EXTRA] === undefined ? written : ({ response_type, id, ...kept(part) } as ContentItem);
    }
    case 'form':
      return {
        response_type: 'forms',
        id,
        name: part.name,
        json_schema: part.schema,
        ui_schema: part.ui ?? {},
        form_data: part.data ?? {},
      };
    case 'item':
      return { response_type: part.kind, id, ...part.value } as ContentItem;
    default:
      return part satisfies never;
  }
}

function decodeItem({ id, ...members }: Item, where: readonly (string | number)[]): Part {
  const item: Item = id === null || id === undefined ? members : { id, ...members };
  const kind = item.response_type ?? kindOf(item);
  if (kind === undefined) throw invalid([...where, 'response_type'], 'Field required', 'missing');
  if (kind === 'text') {
    if (typeof item.text !== 'string')
      throw invalid([...where, 'text'], 'Input should be a valid string', 'string_type');
    return decodeText(item, item.text);
  }
  return decodeFile(item, kind) ?? { type: 'item', kind, value: item as JsonObject };
}

/** OpenAI's and MCP's name for the same member, or a text without one. */
function kindOf(item: Item): string | undefined {
  if (item.type === 'image_url') return 'image';
  if (typeof item.type === 'string') return item.type;
  return typeof item.text === 'string' ? 'text' : undefined;
}

function decodeText({ response_type: _, type: __, text: ___, ...rest }: Item, text: string): TextPart {
  return Object.keys(rest).length === 0
    ? { type: 'text', text }
    : { type: 'text', text, extra: { [EXTRA]: rest as JsonObject } };
}

/** A file that other wires can understand as one; undefined when the item is not exactly that. */
function decodeFile(item: Item, kind: string): FilePart | undefined {
  const found =
    kind === 'file_download'
      ? listedFile(item)
      : ['image', 'audio', 'video'].includes(kind)
        ? mediaFile(item)
        : undefined;
  if (!found) return undefined;
  const { id: _, ...sent } = item;
  const { id: __, ...written } = fileItem(found, '');
  return item.id === undefined && isDeepStrictEqual(sent, written)
    ? found
    : { ...found, extra: { [EXTRA]: item as JsonObject } };
}

function listedFile({ files }: Item): FilePart | undefined {
  if (!Array.isArray(files) || files.length !== 1) return undefined;
  const { url, fileName, contentType } = Object(files[0]) as Record<string, unknown>;
  if (typeof url !== 'string' || url === '') return undefined;
  const name = typeof fileName === 'string' ? fileName : undefined;
  const type = typeof contentType === 'string' ? contentType : mediaTypeOf(name ?? '');
  const file = fileAt(url, type ?? 'application/octet-stream');
  return (
    file && { type: 'file', ...file, ...(type ? { contentType: type } : {}), ...(name === undefined ? {} : { name }) }
  );
}

function mediaFile(item: Item): FilePart | undefined {
  const url = item.source ?? Object(item.image_url).url;
  const file = typeof url === 'string' ? fileAt(url, undefined) : undefined;
  return file && { type: 'file', ...file, ...(typeof item.title === 'string' ? { name: item.title } : {}) };
}

function fileItem(part: FilePart, id: string): ContentItem {
  const url = addressOf(part);
  const medium = /^(image|audio|video)\//.exec(part.contentType)?.[1];
  if (medium)
    return { response_type: medium, id, source: url, ...(part.name === undefined ? {} : { title: part.name }) };
  const file = { fileName: part.name ?? 'file', id: null, url, contentType: part.contentType };
  return { response_type: 'file_download', id, files: [file] };
}

function kept(part: { readonly extra?: JsonObject }): JsonObject {
  return (part.extra?.[EXTRA] as JsonObject | undefined) ?? {};
}
