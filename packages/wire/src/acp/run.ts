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
  agent_name: z.string().describe("The name as its manifest has it, or as the agent's file has it."),
  session_id: uuid.nullish().describe('The session to go on with; one that does not exist is made under this id.'),
  session: sessionInput.nullish().describe('The session as the client keeps it, for one that goes on elsewhere.'),
  input: z.array(message).describe('The messages to answer; the last one is the question.'),
  mode: runMode
    .optional()
    .describe('`sync` waits for the end, `async` does not, `stream` gives the events as they come. Default `sync`.'),
});

/** Body of `POST /runs/{run_id}`. A `run_id` in it is not read: clients do not send it. */
export const runResumeRequest = z.object({
  await_resume: z
    .object({
      type: z.literal('message').nullish().describe('The only kind of answer.'),
      message: message.describe('What the person says.'),
    })
    .describe('The answer to the question.'),
  mode: runMode.describe('As for a new run; here it is required.'),
});

/** What a run waits for. */
export const awaitRequest = z.object({ type: z.literal('message'), message: message.describe('The question.') });

/** A run as the server writes it. */
export const run = z.object({
  run_id: z.string().describe('Id of the run.'),
  agent_name: z.string().describe('The agent that works, by its label.'),
  session_id: z.string().describe('The session that the run belongs to.'),
  status: runStatus.describe('Where it stands; `completed`, `failed` and `cancelled` are final.'),
  await_request: awaitRequest.nullable().describe('What the run waits for while it is `awaiting`.'),
  output: z.array(message).describe('What the agent has said so far.'),
  error: error.nullable().describe('Why it failed.'),
  created_at: timestamp.describe('When it was asked for.'),
  finished_at: timestamp.nullable().describe('When it ended.'),
});

export type RunMode = z.infer<typeof runMode>;
export type RunStatus = z.infer<typeof runStatus>;
export type RunCreateRequest = z.infer<typeof runCreateRequest>;
export type RunResumeRequest = z.infer<typeof runResumeRequest>;
export type Run = z.infer<typeof run>;
