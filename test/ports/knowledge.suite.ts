import { afterEach, beforeEach, describe } from 'vitest';
import type { VectorIndex } from '../../packages/server/src/ports/index.ts';
import { contentCases } from './knowledge/contents.ts';
import { searchCases } from './knowledge/search.ts';
import { vectorCases } from './knowledge/vectors.ts';

/** An adapter under test. `open` gives an empty index each time. */
export interface KnowledgeIndexUnderTest {
  readonly name: string;
  open(): Promise<{ index: VectorIndex; close(): Promise<void> }>;
}

/** The contract of `KnowledgeIndex`, run on every adapter. */
export function knowledgeSuite({ name, open }: KnowledgeIndexUnderTest): void {
  describe(`KnowledgeIndex on ${name}`, () => {
    let index: VectorIndex;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ index, close } = await open());
    });
    afterEach(() => close());

    const inTest = { index: () => index };
    searchCases(inTest);
    contentCases(inTest);
    vectorCases(inTest);
  });
}
