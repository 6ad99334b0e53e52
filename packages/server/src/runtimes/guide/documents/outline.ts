import type { Block, Section } from './passages.ts';

/** What a reader of one format found, in the order of the document. A `page` gives what follows, under the same heading, another anchor. */
export type Item =
  | Block
  | { readonly kind: 'heading'; readonly level: number; readonly text: string; readonly anchor: string | null }
  | { readonly kind: 'page'; readonly anchor: string };

/** Puts blocks under their headings. A first heading that says the title again is not repeated in `headings`. */
export function toSections(title: string, items: readonly Item[]): Section[] {
  const sections: Section[] = [{ headings: [title], anchor: null, blocks: [] }];
  const open: { level: number; text: string }[] = [];
  for (const item of items) {
    const section = sections.at(-1)!;
    if (item.kind === 'page') {
      if (section.anchor !== item.anchor)
        sections.push({ headings: section.headings, anchor: item.anchor, blocks: [] });
      continue;
    }
    if (item.kind !== 'heading') {
      section.blocks.push(item);
      continue;
    }
    while (open.length > 0 && open.at(-1)!.level >= item.level) open.pop();
    open.push(item);
    const trail = open.map((heading) => heading.text).filter((text, at) => !(at === 0 && text === title));
    sections.push({ headings: [title, ...trail], anchor: item.anchor, blocks: [] });
  }
  return sections;
}

/** The first heading of the highest level, if that is a title. */
export function titleOf(items: readonly Item[]): string | undefined {
  const heading = items.find((item) => item.kind === 'heading');
  return heading?.kind === 'heading' && heading.level === 1 ? heading.text : undefined;
}

/** A title made from the name of a file: `getting-started.md` is `Getting started`. */
export function titleFromPath(path: string): string {
  const name = path.split(/[?#]/)[0]!.split('/').filter(Boolean).at(-1) ?? path;
  const words = name
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[-_\s]+/g, ' ')
    .trim();
  return words === '' ? path : words[0]!.toUpperCase() + words.slice(1);
}
