import { z } from 'zod';
import { anyObject, pageQuery, timestamp, uuid, uuidOrNone } from './primitives.ts';

/** Body of `POST …/threads`. */
export const threadRequest = z.looseObject({
  title: z.string().nullish().describe('Cut to 1,000 characters.'),
  agent_id: uuidOrNone.describe('The agent that answers here. Null and the empty string mean none.'),
  assistant_id: uuidOrNone.describe('Kept and given back.'),
  context: anyObject.nullish().describe('Kept and given back.'),
});

/** Body of `PATCH …/threads/{thread_id}`: absent members stay as they are. */
export const threadPatch = z.looseObject({
  title: z.string().optional().describe('Cut to 1,000 characters.'),
  status: z.string().optional().describe('`closed` closes the thread, any other word opens it.'),
  agent_id: uuidOrNone.describe('The agent that answers here from now on.'),
  context: anyObject.nullish().describe('Kept and given back.'),
});

/** Query of `GET …/threads`. */
export const threadQuery = pageQuery.extend({ agent_id: uuid.optional().describe('Only threads of this agent.') });

export const threadCreated = z.object({ thread_id: z.string().describe('Id of the thread.') });

/** A thread as the server writes it. */
export const thread = z.looseObject({
  id: z.string().describe('Id of the thread.'),
  tenant_id: z.string().describe('The tenant that it belongs to.'),
  tenant_name: z.string().nullable().describe('Its name.'),
  status: z.string().describe('`ready` or `closed`.'),
  title: z.string().describe('What lists show.'),
  assistant_id: z.string().nullable().describe('As the client sent it.'),
  agent_id: z.string().nullable().describe('The agent that answers here.'),
  knowledge_base_id: z.string().nullable().describe('As the client sent it.'),
  created_by: z.string().describe('Id of the person whose thread it is.'),
  created_by_username: z.string().describe('Name of that person.'),
  created_on: timestamp.describe('When it was made.'),
  updated_at: timestamp.describe('When something last happened in it.'),
  deleted_at: timestamp.nullable().describe('Null: what is deleted is gone.'),
  deleted_by: z.string().nullable().describe('Null, for the same reason.'),
  active_run: z
    .object({ run_id: z.string().describe('Id of the run.'), status: z.string().describe('As that of a run.') })
    .nullish()
    .describe('The newest run that has not ended; only where a single thread is read.'),
});

export const threadPage = z.object({
  data: z.array(thread).describe('The one last changed first.'),
  total: z.number().int().describe('How many there are in all.'),
  limit: z.number().int().describe('As asked for.'),
  offset: z.number().int().describe('As asked for.'),
});

export type ThreadRequest = z.infer<typeof threadRequest>;
export type ThreadPatch = z.infer<typeof threadPatch>;
export type Thread = z.infer<typeof thread>;
export type ThreadPage = z.infer<typeof threadPage>;
