import type { Json, JsonObject, Message } from '../../model/index.ts';
import type { Tool, ToolResult } from '../../ports/index.ts';
import { failure } from './result.ts';

/** Member of a result's `meta` that says who decided what about the call. */
export const APPROVAL = 'clew/approval';

/** A call that waits for a person. */
export interface PendingCall {
  readonly tool: Tool;
  readonly input: JsonObject;
}

/** What a person decided about one call, and who it was. */
export type Decision = {
  readonly by: { readonly userId: string; readonly userName: string; readonly messageId: string };
} & (
  | {
      readonly approved: true;
      /** As the person left it. */
      readonly input: JsonObject;
      readonly edited: boolean;
    }
  | { readonly approved: false; readonly reason: string }
);

/** Whether a person is asked before the tool is called: what the tool says itself, else all but those that only read. */
export function needsApproval({ approve, permission }: Tool): boolean {
  return approve ?? permission !== 'read_only';
}

/** Who gave an answer. */
export function authorOf({ id, userId, userName }: Message): Decision['by'] {
  return { userId, userName, messageId: id };
}

/** The result of a call that was not made. */
export function refusal({ reason }: Extract<Decision, { approved: false }>): ToolResult {
  const why = reason === '' ? '' : ` They said: ${reason}`;
  return failure('tool_refused', `The person did not approve this call, and it was not made.${why}`);
}

/** The result with what was decided; a model is told of an input that is not the one it wrote. */
export function noted(result: ToolResult, decision: Decision): ToolResult {
  const { by, approved } = decision;
  const edited = approved && decision.edited;
  const note: JsonObject = {
    decision: approved ? 'approved' : 'rejected',
    ...by,
    ...(edited ? { edited } : {}),
    ...(!approved && decision.reason !== '' ? { reason: decision.reason } : {}),
  };
  const told = edited
    ? [
        {
          type: 'text',
          text: `The person changed the input to ${json(decision.input)}.`,
          audience: ['assistant'],
        } as const,
      ]
    : [];
  return { ...result, content: [...told, ...result.content], meta: { ...result.meta, [APPROVAL]: note } };
}

function json(value: Json): string {
  return JSON.stringify(value);
}
