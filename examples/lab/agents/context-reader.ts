import type { AgentMetadata, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'context-reader',
  display_name: 'Context reader',
  description: 'Answers with the context variables that it may see, as JSON.',
  context_access_enabled: true,
  context_variables: ['clientID', 'wxo_email_id'],
};

export default function contextReader(turn: CodeTurn): string {
  return JSON.stringify(turn.context);
}
