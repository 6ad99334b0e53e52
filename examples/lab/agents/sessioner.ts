import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'sessioner',
  display_name: 'Sessioner',
  description: 'Gives back every message of the thread so far, in order, each as a message of its own.',
};

export default async function* sessioner(turn: CodeTurn): AgentOutput {
  for (const message of await turn.history()) yield message.parts;
  yield turn.input.parts;
}
