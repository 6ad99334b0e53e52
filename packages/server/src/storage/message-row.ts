import type { Json, Message } from '../model/index.ts';

/** Columns of a message in the order in which `fromMessage` writes them. JSON is text. */
export const MESSAGE =
  'id, thread_id, run_id, role, parts, parent_id, agent_name, user_id, user_name, created_at, updated_at, flags, steps, state, extra, origin';

const INCOMPLETE = 1;
const INTERRUPT = 2;

/** What the column `flags` says. */
export function fromFlags(flags: number): Pick<Message, 'incomplete' | 'interrupt'> {
  return { incomplete: (flags & INCOMPLETE) !== 0, interrupt: (flags & INTERRUPT) !== 0 };
}

/** The `MESSAGE` columns of a message. */
export function fromMessage(message: Message): (string | number | null)[] {
  return [
    message.id,
    message.threadId,
    message.runId,
    message.role,
    JSON.stringify(message.parts),
    message.parentId,
    message.agentName,
    message.userId,
    message.userName,
    message.createdAt,
    message.updatedAt,
    (message.incomplete ? INCOMPLETE : 0) | (message.interrupt ? INTERRUPT : 0),
    message.steps.length === 0 ? null : JSON.stringify(message.steps),
    orNull(message.state),
    orNull(message.extra),
    message.origin ?? null,
  ];
}

/** JSON for a column that may be empty. */
export function orNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
