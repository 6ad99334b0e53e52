import type { html, nothing, render } from 'lit/html.js';

/** What this chunk takes from the first one, which has it already: each is built on its own, and what is large must not be there twice. */
export interface Kit {
  readonly html: typeof html;
  readonly nothing: typeof nothing;
  readonly render: typeof render;
  /** Further chunks, whose addresses the first one knows. */
  readonly loadHistory: () => Promise<typeof import('../history/index.ts')>;
  readonly loadHighlight: () => Promise<typeof import('../highlight/index.ts')>;
}

/** Set by `useKit` before anything else in this chunk is called. */
export let kit: Kit;

export function useKit(given: Kit): void {
  kit = given;
}
