import type { ContentItem, ConversationalSearch } from '@clew/wire/client';
import { safeAddress } from '../markdown/address.ts';
import type { Mark } from '../markdown/marks.ts';

/** Where something in an answer comes from. */
export interface Source {
  readonly title: string;
  readonly snippet: string;
  /** Safe to open; undefined for documents that are served nowhere. */
  readonly address: string | undefined;
  /** What people read of the address or path. */
  readonly place: string;
}

/** A piece of a message as it is shown. */
export type Item =
  | { readonly kind: 'text'; readonly id: string; readonly text: string }
  | {
      readonly kind: 'cited';
      readonly id: string;
      readonly text: string;
      readonly heading: string;
      readonly marks: readonly Mark[];
      readonly sources: readonly Source[];
    }
  | { readonly kind: 'link'; readonly id: string; readonly label: string; readonly address: string }
  | { readonly kind: 'note'; readonly id: string; readonly text: string };

/** What to show of the items of a stored message. */
export function itemsOf(content: readonly ContentItem[]): Item[] {
  return content.flatMap(toItems);
}

function toItems(item: ContentItem): Item[] {
  const { id, response_type: kind } = item;
  if (kind === 'conversational_search') return [cited(item as ConversationalSearch)];
  if (kind === 'file_download' && Array.isArray(item.files)) {
    return item.files.flatMap((file: unknown, index) => {
      const { url, fileName } = Object(file) as Record<string, unknown>;
      return [linkOr({ id: `${id}-${index}`, label: String(fileName ?? 'File'), url })];
    });
  }
  if (['image', 'audio', 'video'].includes(kind)) {
    return [linkOr({ id, label: String(item.title ?? item.alt_text ?? `Open the ${kind}`), url: item.source })];
  }
  if (typeof item.text === 'string') return [{ kind: 'text', id, text: item.text }];
  return [{ kind: 'note', id, text: `This page cannot show a part of the answer (${kind}).` }];
}

function linkOr({ id, label, url }: { id: string; label: string; url: unknown }): Item {
  const address = typeof url === 'string' ? safeAddress(url) : undefined;
  return address ? { kind: 'link', id, label, address } : { kind: 'note', id, text: label };
}

function cited({ id, text, citations, citations_title: heading, search_results: results }: ConversationalSearch): Item {
  const sources = results.map(({ url, title, body, result_metadata: about }) => {
    const address = url === '' ? undefined : safeAddress(url);
    const path = about?.document_retrieval_source ?? '';
    return {
      title: title || path || url || 'Source',
      snippet: body,
      address,
      place: address ? readable(address) : path,
    };
  });
  const whole = ({ range_start: start, range_end: end }: (typeof citations)[number]) =>
    start === 0 && end >= text.length;
  const marks = citations
    .filter((citation) => results[citation.search_result_idx] && !whole(citation))
    .map(({ range_end: at, search_result_idx: index }) => ({ at, source: index + 1 }));
  return { kind: 'cited', id, text, heading: heading || 'Sources', marks: unique(marks), sources };
}

function unique(marks: readonly Mark[]): Mark[] {
  return [...new Map(marks.map((mark) => [`${mark.at} ${mark.source}`, mark])).values()];
}

function readable(address: string): string {
  const { host, pathname } = new URL(address);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
