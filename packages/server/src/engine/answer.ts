import type { Message, Run } from '../model/index.ts';

/** What is particular to one message of a run. */
export interface Answer extends Pick<Message, 'id' | 'parts' | 'parentId' | 'steps' | 'incomplete' | 'interrupt'> {
  /** When it was completed, milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

/** A message that the agent of a run says, as the thread keeps it. */
export function answerOf(
  { threadId, id: runId, agentName, userId, userName }: Run,
  { at, ...answer }: Answer,
): Message {
  return {
    ...answer,
    threadId,
    runId,
    role: 'assistant',
    agentName,
    userId,
    userName,
    createdAt: at,
    updatedAt: at,
    state: null,
  };
}
