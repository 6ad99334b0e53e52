/** Types of the A2A library. Its code is loaded at the first use of an agent (`client.ts`). */
export type {
  AgentCard,
  Artifact,
  Message,
  Part as A2aPart,
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskStatus,
} from '@a2a-js/sdk';
export type { Client } from '@a2a-js/sdk/client';
