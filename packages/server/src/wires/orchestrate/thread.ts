import type { Thread as WireThread } from '@clew/wire/orchestrate';
import type { JsonObject, Run, Thread } from '../../model/index.ts';
import { EXTRA } from './items.ts';
import { cut } from './requests.ts';
import { encodeStatus } from './run.ts';
import { isoTime } from './times.ts';

/** Longer titles are cut, as some clients send the whole first message. */
const LONGEST_TITLE = 1_000;

/** What a thread is called whose client gave it no title. */
export const UNTITLED = 'Untitled';

/** A title as it is stored. */
export function decodeTitle(title: string): string {
  return cut(title, LONGEST_TITLE);
}

/** What came with a thread and the model has no place for. */
export function keptWithThread(members: JsonObject): JsonObject {
  const { title: _, agent_id: __, status: ___, ...rest } = members;
  const kept = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  return kept.length === 0 ? {} : { [EXTRA]: Object.fromEntries(kept) };
}

/** A thread as this wire has it. `active` is its newest run that has not ended; undefined where nobody asked. */
export function encodeThread(thread: Thread, tenantName: string | null, active?: Run | null): WireThread {
  const kept = (thread.extra[EXTRA] ?? {}) as JsonObject;
  return {
    ...kept,
    id: thread.id,
    tenant_id: thread.tenantId,
    tenant_name: tenantName,
    status: thread.status === 'closed' ? 'closed' : 'ready',
    title: thread.title,
    assistant_id: (kept.assistant_id as string | undefined) ?? null,
    agent_id: thread.agentId,
    knowledge_base_id: (kept.knowledge_base_id as string | undefined) ?? null,
    created_by: thread.userId,
    created_by_username: thread.userName,
    created_on: isoTime(thread.createdAt),
    updated_at: isoTime(thread.updatedAt),
    deleted_at: null,
    deleted_by: null,
    ...(active === undefined
      ? {}
      : { active_run: active && { run_id: active.id, status: encodeStatus(active.status) } }),
  };
}
