import type { Section } from './passages.ts';

/** A file to read. */
export interface ReadFile {
  /** Path relative to the project; its ending says what the file is. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Where a person can open it, if anywhere. */
  readonly url: string | null;
}

/** What the reader of one format makes of a file. */
export interface ReadResult {
  readonly title: string;
  /** The document's text: what ranges count in. */
  readonly text: string;
  readonly sections: readonly Section[];
}
