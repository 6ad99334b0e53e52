import type { MessagePart, Message as WireMessage } from '@clew/wire/acp';
import type { CitationPart, FilePart, ItemPart, JsonObject, Part, TextPart } from '../../model/index.ts';

/** Where this wire keeps what the model has no place for, in the `extra` of parts and messages. */
export const EXTRA = 'acp';

/** Kind of an item that is a part of this wire as it was sent, because the model has nothing like it: a trajectory, or nothing at all. */
const RAW = 'acp.part';

/** What an agent's own text is called here. */
const PLAIN = 'text/plain';

type Sent = WireMessage['parts'][number];
type Source = NonNullable<TextPart['citation']>;

/** A part of a request. Null members are absent; members that nobody knows are kept. */
export function decodePart(sent: Sent): Part {
  const { name, content_type, content, content_encoding, content_url, metadata, ...rest } = present(sent);
  const contentType = content_type ?? PLAIN;
  const citation = metadata ? decodeCitation(present(metadata) as JsonObject) : undefined;
  const named = name === undefined ? {} : { name };
  if (content === undefined && content_url === undefined) {
    const isBare = name === undefined && contentType === PLAIN && Object.keys(rest).length === 0;
    if (citation && isBare) return { type: 'citation', ...citation } satisfies CitationPart;
    return { type: 'item', kind: RAW, value: present(sent) as JsonObject } satisfies ItemPart;
  }
  const unread = { ...rest, ...(metadata ? { metadata: present(metadata) } : {}) };
  if (content !== undefined && content_encoding !== 'base64' && /^text\//i.test(contentType)) {
    return {
      type: 'text',
      text: content,
      ...(contentType === PLAIN ? {} : { contentType }),
      ...named,
      ...(citation ? { citation, ...keep(rest) } : keep(unread)),
    } satisfies TextPart;
  }
  return {
    type: 'file',
    contentType,
    ...(content === undefined ? {} : { content }),
    ...(content_encoding === 'base64' ? { encoding: 'base64' } : {}),
    ...(content_url === undefined ? {} : { url: content_url }),
    ...named,
    ...keep(unread),
  } satisfies FilePart;
}

/** A part as this wire has it. What came from one of its clients comes back as it was sent. */
export function encodePart(part: Part): MessagePart {
  switch (part.type) {
    case 'text':
      return textPart(part.text, part);
    case 'file':
      return {
        ...(part.name === undefined ? {} : { name: part.name }),
        content_type: part.contentType,
        ...(part.content === undefined ? {} : { content: part.content }),
        content_encoding: part.encoding ?? 'plain',
        ...(part.url === undefined ? {} : { content_url: part.url }),
        ...kept(part),
      };
    case 'citation':
      return { content_type: PLAIN, content_encoding: 'plain', metadata: encodeCitation(part) };
    case 'form': {
      const { name, schema, ui, data } = part;
      return json('application/vnd.clew.form+json', { name, schema, ui, data }, name);
    }
    case 'item':
      if (part.kind === RAW) return { content_type: PLAIN, content_encoding: 'plain', ...part.value };
      return json('application/vnd.clew.item+json', { response_type: part.kind, ...part.value });
    default:
      return part satisfies never;
  }
}

/** A piece of text that is being said. */
export function textPart(text: string, part: Omit<TextPart, 'type' | 'text'> = {}): MessagePart {
  return {
    ...(part.name === undefined ? {} : { name: part.name }),
    content_type: part.contentType ?? PLAIN,
    content: text,
    content_encoding: 'plain',
    ...(part.citation ? { metadata: encodeCitation(part.citation) } : {}),
    ...kept(part),
  };
}

function encodeCitation({ start, end, url, title, description }: Source): MessagePart['metadata'] {
  return {
    kind: 'citation',
    ...(start === undefined ? {} : { start_index: start }),
    ...(end === undefined ? {} : { end_index: end }),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
  };
}

/** A citation that other wires can understand as one; undefined when it has anything they would lose. */
function decodeCitation(metadata: JsonObject): Source | undefined {
  const { kind, start_index, end_index, url, title, description, ...unknown } = metadata;
  if (kind !== 'citation' || Object.keys(unknown).length > 0) return undefined;
  return {
    ...(start_index === undefined ? {} : { start: start_index as number }),
    ...(end_index === undefined ? {} : { end: end_index as number }),
    ...(url === undefined ? {} : { url: url as string }),
    ...(title === undefined ? {} : { title: title as string }),
    ...(description === undefined ? {} : { description: description as string }),
  };
}

function json(content_type: string, value: object, name?: string): MessagePart {
  const content = JSON.stringify(value);
  return { ...(name === undefined ? {} : { name }), content_type, content, content_encoding: 'plain' };
}

/** Members that the model does not know, for `kept` to find. */
function keep(members: object): { extra?: JsonObject } {
  return Object.keys(members).length === 0 ? {} : { extra: { [EXTRA]: members as JsonObject } };
}

function kept(part: { readonly extra?: JsonObject }): JsonObject {
  return (part.extra?.[EXTRA] as JsonObject | undefined) ?? {};
}

type Present<T> = { [K in keyof T]: Exclude<T[K], null> };

/** The members that are not null. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
  ) as Present<T>;
}
