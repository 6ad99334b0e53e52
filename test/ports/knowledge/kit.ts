import type { KnowledgeDocument, VectorIndex } from '../../../packages/server/src/ports/index.ts';

/** The index of the test that runs: it is opened before each. */
export interface InTest {
  index(): VectorIndex;
}

/** A document with one passage for each `heading: text`. */
export function document(
  path: string,
  passages: Readonly<Record<string, string>>,
  more: Partial<KnowledgeDocument> = {},
): KnowledgeDocument {
  return {
    path,
    title: 'Manual',
    url: null,
    hash: `hash of ${path}`,
    passages: Object.entries(passages).map(([heading, text], at) => ({
      headings: ['Manual', heading],
      text,
      start: at * 100,
      end: at * 100 + text.length,
      anchor: heading.toLowerCase(),
    })),
    ...more,
  };
}

/** The headings of what is found in `docs`, the best first. */
export async function found(index: VectorIndex, ...words: string[]): Promise<string[]> {
  return (await index.search(['docs'], words, 10)).map(({ passage }) => passage.headings.at(-1)!);
}
