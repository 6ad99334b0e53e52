import type { ContentItem } from '@clew/wire/client';
import { safeAddress } from '../markdown/address.ts';
import type { Mark } from './insert-marks.ts';

/** Where something in an answer comes from. */
export interface Source {
  readonly title: string;
  readonly snippet: string;
  /** Safe to open; undefined for documents that are served nowhere. */
  readonly address: string | undefined;
  /** What people read of the address or path. */
  readonly place: string;
}

export interface Sources {
  /** What stands above the list; empty for the chat's own word. */
  readonly heading: string;
  readonly sources: readonly Source[];
  readonly marks: readonly Mark[];
  /** Which source stands behind each mark, and what of it: by the place of the mark, source from 0. */
  readonly cited: readonly { readonly source: number; readonly snippet: string }[];
}

type Loose = Readonly<Record<string, unknown>>;

/** What a `conversational_search` item says about its sources. Citations of nothing, of the whole text and repeated ones get no mark. */
export function sourcesOf(item: ContentItem, length: number): Sources {
  const results = listOf(item.search_results).map(sourceOf);
  const marks = new Map<string, { mark: Mark; source: number; snippet: string }>();
  for (const { range_start: from, range_end: at, search_result_idx: index, body, text } of listOf(item.citations)) {
    const source = Number(index);
    if (typeof from !== 'number' || typeof at !== 'number' || !results[source] || (from <= 0 && at >= length)) continue;
    const key = `${at} ${source}`;
    if (!marks.has(key))
      marks.set(key, { mark: { from, at }, source, snippet: textOf(body) || textOf(text) || results[source].snippet });
  }
  const sorted = [...marks.values()].sort((a, b) => a.mark.at - b.mark.at || a.source - b.source);
  return {
    heading: textOf(item.citations_title),
    sources: results,
    marks: sorted.map(({ mark }) => mark),
    cited: sorted.map(({ source, snippet }) => ({ source, snippet })),
  };
}

function sourceOf({ url, title, body, result_metadata: about }: Loose): Source {
  const address = textOf(url) === '' ? undefined : safeAddress(textOf(url));
  const path = textOf((Object(about) as Loose).document_retrieval_source);
  return {
    title: textOf(title) || path || textOf(url) || '…',
    snippet: textOf(body),
    address,
    place: address ? readable(address) : path,
  };
}

function listOf(value: unknown): Loose[] {
  return Array.isArray(value) ? value.map((entry: unknown) => Object(entry) as Loose) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readable(address: string): string {
  const { host, pathname } = new URL(address);
  return `${host}${pathname === '/' ? '' : pathname}`;
}
