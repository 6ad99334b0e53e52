import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'slow-echo',
  display_name: 'Slow echo',
  description: 'Gives the parts of the message back one at a time, 100 ms apart; of a text, its words.',
};

export default async function* slowEcho(turn: CodeTurn): AgentOutput {
  for (const part of turn.input.parts) {
    const isPlain = part.type === 'text' && part.contentType === undefined && part.name === undefined;
    // A word comes with the space around it, so that all of them together are the text.
    const pieces = isPlain ? (part.text.match(/^\s+$|\s*\S+(?:\s+$)?/g) ?? []) : [part];
    for (const piece of pieces) {
      await turn.sleep(100);
      yield piece;
    }
  }
}
