import type { AgentMetadata, AgentOutput } from 'clew';

export const agent: AgentMetadata = { name: 'backstage', description: 'Is not listed.', hidden: true };

export default async function* backstage(): AgentOutput {
  yield 'You found me.';
}
