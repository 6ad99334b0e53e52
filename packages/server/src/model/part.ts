import type { Json, JsonObject } from './json.ts';

/** Text that people read; Markdown unless `contentType` says otherwise. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  /** A `text/*` media type; absent means Markdown. */
  readonly contentType?: string;
  /** A name makes the part an artifact (ACP). */
  readonly name?: string;
  /** Where this part comes from, as a whole unless it has a range. */
  readonly citation?: Omit<CitationPart, 'type'>;
  /** Members of a wire that this model does not know, kept and given back as sent. */
  readonly extra?: JsonObject;
}

/**
 * Where a range of the message's text comes from. `start` and `end` count Unicode code points over all text parts of the
 * message, `end` exclusive; without them the citation belongs to the whole message.
 */
export interface CitationPart {
  readonly type: 'citation';
  readonly start?: number;
  readonly end?: number;
  /** Address a person can open; absent for local documents without one. */
  readonly url?: string;
  readonly title?: string;
  /** A snippet of the source, or what it is about. */
  readonly description?: string;
  /** Path of a local document relative to its project, with `#heading` where one applies. */
  readonly source?: string;
  /** Rank score of the search that found it; larger is better. */
  readonly score?: number;
}

/** Content of any other media type: inline or by address, never both. */
export interface FilePart {
  readonly type: 'file';
  readonly contentType: string;
  readonly name?: string;
  readonly content?: string;
  /** How `content` is written; it is never decoded. */
  readonly encoding?: 'plain' | 'base64';
  readonly url?: string;
  readonly extra?: JsonObject;
}

/** A form to fill in (JSON Schema with react-jsonschema-form's UI vocabulary). */
export interface FormPart {
  readonly type: 'form';
  readonly name: string;
  readonly schema: JsonObject;
  readonly ui?: JsonObject;
  readonly data?: Json;
}

/** A content item that only a wire and its clients understand (options, images, cards …), kept as sent. */
export interface ItemPart {
  readonly type: 'item';
  /** The item's kind in its wire, e.g. `option`. */
  readonly kind: string;
  readonly value: JsonObject;
}

/** A typed piece of a message. */
export type Part = TextPart | CitationPart | FilePart | FormPart | ItemPart;

/** The text of a message: its text parts joined, nothing between them. Citation ranges count in this string. */
export function textOf(parts: readonly Part[]): string {
  let text = '';
  for (const part of parts) if (part.type === 'text') text += part.text;
  return text;
}
