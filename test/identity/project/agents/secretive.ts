import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'secretive',
  description: 'Works with a tool, and tells which context it was given.',
  instructions: 'CANARY-instructions',
  context_variables: ['plan', 'note', 'wxo_user_payload'],
};

export default async function* secretive(turn: CodeTurn): AgentOutput {
  await turn.step(
    { name: 'look_up', title: 'Looking it up', input: { key: 'CANARY-tool-input' } },
    () => 'CANARY-tool-output',
  );
  const payload = await turn.userPayload?.();
  yield `for ${payload?.custom_user_id ?? 'nobody'}, context ${JSON.stringify(turn.context)}`;
}
