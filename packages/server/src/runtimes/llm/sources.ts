import type { CitationPart } from '../../model/index.ts';
import { citation } from '../guide/answer.ts';
import { interestIn } from '../guide/excerpt.ts';
import type { Found, FoundPassage } from '../guide/find.ts';

/** The passages that were found in one run, and what other agents cited, with the numbers by which the model names them: 1, 2, 3 … in the order of the searches. */
export class Sources {
  readonly #numbers = new Map<string, number>();
  readonly #citations: CitationPart[] = [];

  /** Whether a passage has this number. */
  readonly has = (number: number): boolean => number >= 1 && number <= this.#citations.length;

  get any(): boolean {
    return this.#citations.length > 0;
  }

  citation(number: number): CitationPart | undefined {
    return this.#citations[number - 1];
  }

  /** What was found, as a model reads it: each passage with its number, the same for the same passage. */
  describe({ passages, weights }: Found): string {
    if (passages.length === 0)
      return 'Nothing was found. Try other words, or say that the documents do not answer this.';
    const interest = interestIn(weights);
    return passages
      .map((passage) => {
        const number = this.#numberOf(passage, () => citation(passage, interest));
        return `[${number}] ${passage.headings.join(' › ') || passage.title}\n${passage.text}`;
      })
      .join('\n\n');
  }

  /** The number of a source that another agent cited; the same one has the same number. */
  readonly numberOf = ({ start: _, end: __, ...source }: CitationPart): number => {
    const key = JSON.stringify(Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1)));
    return this.#known(key, () => source);
  };

  #numberOf({ knowledge_base, path, start, end }: FoundPassage, cite: () => CitationPart): number {
    const key = JSON.stringify([knowledge_base, path, start, end]);
    return this.#known(key, cite);
  }

  #known(key: string, cite: () => CitationPart): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#citations.push(cite());
    this.#numbers.set(key, this.#citations.length);
    return this.#citations.length;
  }
}
