import type { ConversationalSearch } from '@clew/wire/orchestrate';
import type { CitationPart } from '../../model/index.ts';

/** What the list of sources is headed with when the agent says nothing else. */
const TITLE = 'How do we know?';

/** A text and its sources as one content item. */
export function citedItem(text: string, citations: readonly CitationPart[], id: string): ConversationalSearch {
  const unit = unitsOf(text);
  const results: ConversationalSearch['search_results'] = [];
  const places = new Map<string, number>();
  const cited = citations.map((citation) => {
    const { url = '', title = '', description = '', source = null, score = null } = citation;
    const key = JSON.stringify([url, title, description, source]);
    let place = places.get(key);
    if (place === undefined) {
      place =
        results.push({ url, title, body: description, result_metadata: { score, document_retrieval_source: source } }) -
        1;
      places.set(key, place);
    }
    const start = unit(citation.start ?? 0);
    const end = citation.end === undefined ? text.length : Math.max(start, unit(citation.end));
    const range = { range_start: start, range_end: end };
    return { url, title, text: text.slice(start, end), body: description, ...range, search_result_idx: place };
  });
  return {
    response_type: 'conversational_search',
    id,
    text,
    citations_title: TITLE,
    citations: cited,
    search_results: results,
  };
}

/** From a place in code points, which the model counts, to one in UTF-16 units, which clients in JavaScript count. */
function unitsOf(text: string): (point: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (point) => Math.min(Math.max(point, 0), text.length);
  const starts: number[] = [];
  for (let i = 0; i < text.length; i += (text.codePointAt(i) as number) > 0xffff ? 2 : 1) starts.push(i);
  return (point) => starts[Math.max(point, 0)] ?? text.length;
}
