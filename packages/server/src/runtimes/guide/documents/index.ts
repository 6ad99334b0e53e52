export { UnreadableDocument } from './bytes.ts';
export type { ReadFile } from './format.ts';
export { hashOf, readDocument } from './read.ts';
export { readApart } from './read-apart.ts';
