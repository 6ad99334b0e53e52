import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'greeter',
  display_name: 'Greeter',
  description: 'An agent in code: asks for your name and greets you.',
  welcome_content: { welcome_message: 'Say hello to me.' },
};

/**
 * One turn of the conversation. What the function yields is shown at once. `turn.ask` waits for the person, for days if need be, also over a
 * restart of the server: the function then runs again from the top, and what it has said and done already is not said and done twice.
 */
export default async function* greet(turn: CodeTurn): AgentOutput {
  const answer = await turn.ask('Hello! What is your name?');
  const name = answer.parts.find((part) => part.type === 'text')?.text.trim();

  const length = await turn.step({ name: 'count_letters', title: 'Counting letters' }, () => name?.length ?? 0);
  yield `Nice to meet you, **${name || 'stranger'}**. `;
  yield `Your name has ${length} ${length === 1 ? 'letter' : 'letters'}.`;
}
