import { z } from 'zod';
import { error } from './error.ts';
import { message } from './message.ts';
import { timestamp, uuid } from './primitives.ts';
import { sessionInput } from './session.ts';

export const runMode = z.enum(['sync', 'async', 'stream']);

export const runStatus = z.enum([
  'created',
  'in-progress',
  'awaiting',
  'cancelling',
  'cancelled',
  'completed',
  'failed',
]);

/** Body of `POST /runs`. Null means absent, except for `mode`. */
export const runCreateRequest = z.object({
  /** The name as its manifest has it, or as the agent's file has it. */
  agent_name: z.string(),
  /** A session that does not exist is made under this id. */
  session_id: uuid.nullish(),
  session: sessionInput.nullish(),
  input: z.array(message),
  /** Default `sync`. */
  mode: runMode.optional(),
});

/** Body of `POST /runs/{run_id}`. A `run_id` in it is not read: clients do not send it. */
export const runResumeRequest = z.object({
  await_resume: z.object({
    type: z.literal('message').nullish(),
    message,
  }),
  mode: runMode,
});

/** What a run waits for. */
export const awaitRequest = z.object({ type: z.literal('message'), message });

/** A run as the server writes it. */
export const run = z.object({
  run_id: z.string(),
  agent_name: z.string(),
  session_id: z.string(),
  status: runStatus,
  await_request: awaitRequest.nullable(),
  output: z.array(message),
  error: error.nullable(),
  created_at: timestamp,
  finished_at: timestamp.nullable(),
});

export type RunMode = z.infer<typeof runMode>;
export type RunStatus = z.infer<typeof runStatus>;
export type RunCreateRequest = z.infer<typeof runCreateRequest>;
export type RunResumeRequest = z.infer<typeof runResumeRequest>;
export type Run = z.infer<typeof run>;
