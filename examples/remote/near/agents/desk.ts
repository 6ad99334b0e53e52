import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'desk',
  display_name: 'Travel desk',
  description: 'Helps travellers, and hands over what is about ferries.',
  collaborators: ['ferry_booking'],
  welcome_content: { welcome_message: 'Where do you want to go?' },
  starter_prompts: { prompts: [{ id: 'book', title: 'Book', prompt: 'Book the ferry to Utholm' }] },
};

/** The other agent is asked like any collaborator: that it works at another server shows only in its file. */
export default async function* desk(turn: CodeTurn): AgentOutput {
  if (!/\bferry\b/i.test(turn.text)) {
    yield 'I only know ferries. Say, for example: Book the ferry to Utholm.';
    return;
  }
  const answer = await turn.handOff('ferry_booking', turn.text);
  yield `The ferry office says: ${answer}`;
}
