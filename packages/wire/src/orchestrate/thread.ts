import { z } from 'zod';
import { anyObject, pageQuery, timestamp, uuid, uuidOrNone } from './primitives.ts';

/** Body of `POST …/threads`. */
export const threadRequest = z.looseObject({
  /** Cut to 1,000 characters. */
  title: z.string().nullish(),
  agent_id: uuidOrNone,
  assistant_id: uuidOrNone,
  context: anyObject.nullish(),
});

/** Body of `PATCH …/threads/{thread_id}`: absent members stay as they are. */
export const threadPatch = z.looseObject({
  title: z.string().optional(),
  /** `closed` closes the thread, any other word opens it. */
  status: z.string().optional(),
  agent_id: uuidOrNone,
  context: anyObject.nullish(),
});

/** Query of `GET …/threads`. */
export const threadQuery = pageQuery.extend({ agent_id: uuid.optional() });

export const threadCreated = z.object({ thread_id: z.string() });

/** A thread as the server writes it. */
export const thread = z.looseObject({
  id: z.string(),
  tenant_id: z.string(),
  tenant_name: z.string().nullable(),
  status: z.string(),
  title: z.string(),
  assistant_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  knowledge_base_id: z.string().nullable(),
  created_by: z.string(),
  created_by_username: z.string(),
  created_on: timestamp,
  updated_at: timestamp,
  deleted_at: timestamp.nullable(),
  deleted_by: z.string().nullable(),
  /** The newest run that has not ended; only where a single thread is read. */
  active_run: z.object({ run_id: z.string(), status: z.string() }).nullish(),
});

export const threadPage = z.object({
  data: z.array(thread),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});

export type ThreadRequest = z.infer<typeof threadRequest>;
export type ThreadPatch = z.infer<typeof threadPatch>;
export type Thread = z.infer<typeof thread>;
export type ThreadPage = z.infer<typeof threadPage>;
