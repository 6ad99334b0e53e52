import type { CitationPart, JsonObject, Part } from '../../model/index.ts';
import type { ToolResult } from '../../ports/index.ts';
import { userParts } from '../llm/input.ts';

/** Member of a result's `_meta` that holds the citations of its text: ranges in code points, `end` exclusive. */
export const CITATIONS = 'clew/citations';

/** What another agent said, as one text, and where its parts come from. */
export interface Answer {
  readonly text: string;
  /** Each has a range of `text`. */
  readonly citations: readonly CitationPart[];
}

/** Between the pieces of an answer. */
const BETWEEN = '\n\n';

/** Said after a text with marks. */
const NOTE =
  'The numbers in square brackets name sources: put them after the sentences that you take over or build on, in the same way.';

/** Messages as one text that another agent reads: what is no text is described. Citations keep their places. */
export function answerOf(messages: readonly (readonly Part[])[]): Answer {
  let text = '';
  const citations: CitationPart[] = [];
  for (const message of messages) {
    const places: Place[] = [];
    let from = 0;
    for (const part of message) {
      const written = userParts([part], { images: false }).map((one) => (one.type === 'text' ? one.text : ''));
      const piece = written.join('').trim();
      const length = part.type === 'text' ? lengthOf(part.text) : 0;
      if (piece !== '') {
        if (text !== '') text += BETWEEN;
        if (part.type === 'text') {
          const lead = length - lengthOf(part.text.trimStart());
          const place = { from, to: from + length, lead, at: lengthOf(text), length: lengthOf(piece) };
          places.push(place);
          if (part.citation) citations.push({ type: 'citation', ...part.citation, ...rangeOf(part.citation, [place]) });
        }
        text += piece;
      }
      from += length;
    }
    if (places.length === 0) continue;
    for (const part of message) if (part.type === 'citation') citations.push({ ...part, ...rangeOf(part, places) });
  }
  return { text, citations };
}

/** The answer as a tool gives it back, for the log. */
export function toResult({ text, citations }: Answer, meta: JsonObject = {}): ToolResult {
  const all = { ...meta, ...(citations.length > 0 ? { [CITATIONS]: citations as unknown as JsonObject[] } : {}) };
  return { content: [{ type: 'text', text }], ...(Object.keys(all).length > 0 ? { meta: all } : {}) };
}

/** The answer that a result holds. */
export function fromResult({ content, meta }: ToolResult): Answer {
  const known = meta?.[CITATIONS];
  return {
    text: content.map((piece) => piece.text).join('\n'),
    citations: Array.isArray(known) ? (known as unknown as CitationPart[]) : [],
  };
}

/** The answer for a model: after each place that is cited the number of its source, which `numberOf` gives. */
export function withMarks({ text, citations }: Answer, numberOf: (citation: CitationPart) => number): string {
  if (citations.length === 0) return text;
  const marks = new Map<number, number[]>();
  for (const citation of citations) {
    const end = citation.end as number;
    const numbers = marks.get(end) ?? [];
    const number = numberOf(citation);
    if (!numbers.includes(number)) marks.set(end, [...numbers, number]);
  }
  const points = [...text];
  const marked = points.map((point, at) => point + markOf(marks.get(at + 1))).join('');
  return `${marked}${BETWEEN}${NOTE}`;
}

/** Where a text part of a message stands in the whole; all in code points. */
interface Place {
  /** In the text of its message. */
  readonly from: number;
  readonly to: number;
  /** Blanks before it that were taken away. */
  readonly lead: number;
  /** In the whole text, and how long it is there. */
  readonly at: number;
  readonly length: number;
}

/** A range of a message in the whole text; without a range it is all of the message. */
function rangeOf({ start, end }: Pick<CitationPart, 'start' | 'end'>, places: readonly Place[]) {
  const first = places[0] as Place;
  const last = places.at(-1) as Place;
  return {
    start: start === undefined ? first.at : positionOf(start, places.find(({ to }) => start < to) ?? last),
    end: end === undefined ? last.at + last.length : positionOf(end, places.find(({ to }) => end <= to) ?? last),
  };
}

function positionOf(point: number, { from, lead, at, length }: Place): number {
  return at + Math.min(Math.max(point - from - lead, 0), length);
}

function markOf(numbers: readonly number[] | undefined): string {
  return numbers ? ` [${numbers.join(', ')}]` : '';
}

function lengthOf(text: string): number {
  return [...text].length;
}
