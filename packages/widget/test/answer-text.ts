import type { Answer } from '../src/transcript/answer.ts';

/** All the text of the answer. */
export function textOf({ messages }: Answer): string {
  return messages
    .flatMap(({ content }) => content)
    .flatMap(({ text }) => (typeof text === 'string' ? text : []))
    .join('\n');
}
