import type { ContentItem, ConversationalSearch } from '@clew/wire/orchestrate';
import { type CitationPart, type Part, textOf } from '../../model/index.ts';
import { citedItem } from './citations.ts';
import { encodeItem, type ItemlikePart } from './items.ts';

/**
 * The parts of a message as its content items, numbered `"1"`, `"2"` … where a client gave them no id.
 *
 * @param multiple Whether each text is an item of its own; otherwise, and when there are citations, which count over all of them, they are
 *   one item `"1"`.
 */
export function encodeContent(parts: readonly Part[], multiple: boolean): (ContentItem | ConversationalSearch)[] {
  const only = parts[0];
  if (parts.length === 1 && only?.type === 'text' && !only.citation) return [encodeItem(only, '1')];
  const citations = citationsOf(parts);
  if (citations.length === 0 && multiple) {
    return (parts as readonly ItemlikePart[]).map((part, i) => encodeItem(part, String(i + 1)));
  }
  const others = parts.filter((part) => part.type !== 'citation' && part.type !== 'text');
  const text = joined(parts, citations);
  return [...text, ...others.map((part, i) => encodeItem(part as ItemlikePart, String(i + 2)))];
}

/** Citations of a whole part get its range, in code points as all others. */
function citationsOf(parts: readonly Part[]): CitationPart[] {
  return parts.flatMap((part, i) => {
    if (part.type === 'citation') return [part];
    if (part.type !== 'text' || !part.citation) return [];
    const start = lengthOf(textOf(parts.slice(0, i)));
    return [{ type: 'citation', start, end: start + lengthOf(part.text), ...part.citation }];
  });
}

/** In code points. */
function lengthOf(text: string): number {
  return [...text].length;
}

function joined(parts: readonly Part[], citations: readonly CitationPart[]): (ContentItem | ConversationalSearch)[] {
  if (citations.length > 0) return [citedItem(textOf(parts), citations, '1')];
  return parts.some((part) => part.type === 'text') ? [{ response_type: 'text', id: '1', text: textOf(parts) }] : [];
}
