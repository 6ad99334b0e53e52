import type { Passage } from '../../../ports/index.ts';

/** A paragraph, list, table or code block of a document, ready to be shown. */
export interface Block {
  /** `text` begins a new thought; everything else belongs to the text before it. */
  readonly kind: 'text' | 'code' | 'list' | 'table';
  /** Markdown. */
  readonly text: string;
  /** Range in the document's text, in UTF-16 code units, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A heading and the blocks under it, down to the next heading of any level. */
export interface Section {
  /** From the document's title down to this section's own heading. */
  readonly headings: readonly string[];
  readonly anchor: string | null;
  readonly blocks: Block[];
}

/** A passage ends before a new thought that would make it longer than this, in UTF-16 code units … */
const COMFORTABLE = 1_000;
/** … a paragraph is cut beyond this … */
const LEAD = 2_000;
/** … and no block is kept longer than this. */
const LARGEST = 6_000;

/** Cuts sections into passages: a few paragraphs each, code and lists together with the text that leads to them. */
export function toPassages(text: string, sections: readonly Section[]): Passage[] {
  const passages: Passage[] = [];
  const place = codePoints(text);
  for (const { headings, anchor, blocks } of sections) {
    for (const group of groups(blocks.flatMap(bounded))) {
      const first = group[0]!;
      const last = group.at(-1)!;
      passages.push({
        headings,
        anchor,
        text: group.map((block) => block.text).join('\n\n'),
        start: place(first.start),
        end: place(last.end),
      });
    }
  }
  return passages;
}

function groups(blocks: readonly Block[]): Block[][] {
  const result: Block[][] = [];
  let size = 0;
  for (const unit of units(blocks)) {
    const length = unit.reduce((sum, block) => sum + block.text.length, 0);
    const open = result.at(-1);
    if (open && size + length <= COMFORTABLE) {
      open.push(...unit);
      size += length;
    } else {
      result.push([...unit]);
      size = length;
    }
  }
  return result;
}

/** A text with the code, lists and tables that follow it. */
function units(blocks: readonly Block[]): Block[][] {
  const result: Block[][] = [];
  for (const block of blocks) {
    const open = result.at(-1);
    const size = open?.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
    const together = size <= LEAD || size + block.text.length <= LARGEST;
    if (open && block.kind !== 'text' && together) open.push(block);
    else result.push([block]);
  }
  return result;
}

/** The block, in pieces if it is too long to be shown or to be found well. */
function bounded(block: Block): Block[] {
  const limit = block.kind === 'text' ? LEAD : LARGEST;
  if (block.text.length <= limit) return [block];
  const pieces: Block[] = [];
  const scale = (block.end - block.start) / block.text.length;
  for (let at = 0; at < block.text.length; ) {
    const cut = at + limit >= block.text.length ? block.text.length : breakAfter(block, at, at + limit);
    pieces.push({
      kind: block.kind,
      text: block.text.slice(at, cut).trim(),
      start: block.start + Math.round(at * scale),
      end: block.start + Math.round(cut * scale),
    });
    at = cut;
  }
  return pieces.filter((piece) => piece.text !== '');
}

/** The best place to cut between `from` and `to`: a line, the end of a sentence, a space, in this order; never inside a character. */
function breakAfter({ kind, text }: Block, from: number, to: number): number {
  const window = text.slice(from, to);
  const marks = kind === 'text' ? ['\n', '. ', ' '] : ['\n', ' '];
  for (const mark of marks) {
    const at = window.lastIndexOf(mark);
    if (at > window.length / 2) return from + at + mark.length;
  }
  const unit = text.charCodeAt(to - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? to - 1 : to;
}

/** Turns offsets in UTF-16 code units into offsets in code points. Offsets must not go down. */
function codePoints(text: string): (offset: number) => number {
  let units = 0;
  let points = 0;
  return (offset) => {
    while (units < offset && units < text.length) {
      units += text.codePointAt(units)! > 0xffff ? 2 : 1;
      points += 1;
    }
    return points;
  };
}
