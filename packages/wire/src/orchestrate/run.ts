import { z } from 'zod';
import { message, requestMessage } from './message.ts';
import { anyObject, flag, pageQuery, timestamp, uuid, uuidOrNone } from './primitives.ts';

/** Body of `POST …/orchestrate/runs`. Members that are not listed are ignored. */
export const runRequest = z.looseObject({
  message: requestMessage,
  /** A UUID or, here, the name of an agent; absent: the agent of the thread, else the default one. */
  agent_id: z.string().nullish(),
  /** Absent: a thread is made. */
  thread_id: uuidOrNone,
  /** Read and ignored: there is one environment. */
  environment_id: uuidOrNone,
  context: anyObject.nullish(),
  context_variables: anyObject.nullish(),
  additional_parameters: anyObject.nullish(),
  additional_properties: anyObject.nullish(),
  llm_params: anyObject.nullish(),
  guardrails: anyObject.nullish(),
});

/** Query of `POST …/orchestrate/runs`. */
export const runQuery = z.object({
  stream: flag.default(false),
  /** Read and ignored: a stream ends with its run. */
  stream_timeout: z.coerce.number().min(0).optional(),
  /** False joins the text items of a message to one. */
  multiple_content: flag.default(true),
});

/** Reply of `POST …/orchestrate/runs` without `stream`. */
export const runStarted = z.object({
  thread_id: z.string(),
  run_id: z.string(),
  task_id: z.string(),
  message_id: z.string(),
});

export const runStatus = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'requires_input']);

/** A run as the server writes it. */
export const run = z.looseObject({
  id: z.string(),
  thread_id: z.string(),
  tenant_id: z.string(),
  assistant_id: z.string().nullable(),
  agent_id: z.string(),
  status: runStatus,
  created_at: timestamp,
  started_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  failed_at: timestamp.nullable(),
  cancelled_at: timestamp.nullable(),
  llm_params: anyObject.nullable(),
  /** Null: no model reports it yet. */
  usage: z.unknown(),
  last_error: z.string().nullable(),
  /** The same, where some clients look. */
  error: z.string().nullable(),
  /** The last message of the run; null before there is one, and in lists. */
  result: z.object({ type: z.literal('message'), data: z.object({ message }) }).nullable(),
  guardrails: anyObject.nullable(),
  additional_parameters: anyObject.nullable(),
  trace_id: z.string().nullable(),
});

/** Query of `GET …/orchestrate/runs`. */
export const runListQuery = pageQuery.extend({
  thread_id: uuid.optional(),
  agent_id: uuid.optional(),
  status: z.array(runStatus).optional(),
});

export const runPage = z.object({
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
  data: z.array(run),
});

export const runCancelled = z.object({ thread_id: z.string(), run_id: z.string() });

/** Query of `GET …/orchestrate/runs/{run_id}/events`. */
export const eventsQuery = z.object({
  /** Cursor: the id of the last frame the client has. Header `Last-Event-ID` means the same. */
  after: z.string().optional(),
  stream_timeout: z.coerce.number().min(0).optional(),
  multiple_content: flag.default(true),
});

export type RunRequest = z.infer<typeof runRequest>;
export type RunStarted = z.infer<typeof runStarted>;
export type RunStatus = z.infer<typeof runStatus>;
export type Run = z.infer<typeof run>;
export type RunPage = z.infer<typeof runPage>;
