import type { AgentMetadata, AgentOutput } from 'clew';

export const agent: AgentMetadata = {
  name: 'citer',
  display_name: 'Citer',
  description: 'Answers with a text and a citation of a part of it.',
};

const CITED = 'A clew is a ball of thread.';
const TEXT = `${CITED} It leads back out of the labyrinth.`;

export default async function* citer(): AgentOutput {
  yield { type: 'text', text: TEXT };
  yield {
    type: 'citation',
    start: 0,
    end: CITED.length,
    url: 'https://en.wiktionary.org/wiki/clew',
    title: 'clew',
    description: 'A ball of thread, yarn or cord.',
  };
}
