import type { Agent, Json, JsonObject, Message } from '../../model/index.ts';
import type { ApprovalPolicy, AskOptions, Tool, ToolResult } from '../../ports/index.ts';
import { failure } from './result.ts';

/** Member of a result's `meta` that says who decided what about the call. */
const APPROVAL = 'clew/approval';

/** A call that waits for a person. */
export interface PendingCall {
  readonly tool: Tool;
  readonly input: JsonObject;
}

/** What a person decided about one call, and who it was; or that nobody did in time. */
export type Decision = Decided | { readonly approved: false; readonly expired: true };

type Decided = {
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
export function authorOf({ id, userId, userName }: Message): Decided['by'] {
  return { userId, userName, messageId: id };
}

/** What an agent's file says of approvals: `approvals: { expires_seconds, on_expiry }`. */
function policyOf({ spec }: Pick<Agent, 'spec'>): ApprovalPolicy {
  const said = (spec.approvals ?? {}) as { readonly expires_seconds?: number; readonly on_expiry?: 'reject' | 'fail' };
  return {
    ...(said.expires_seconds == null ? {} : { expiresMs: said.expires_seconds * 1_000 }),
    ...(said.on_expiry == null ? {} : { onExpiry: said.on_expiry }),
  };
}

/**
 * When a question about calls is over: at the earliest end that one of them has. What becomes of the run then is up to the strictest of those that end first: `fail`
 * goes before `reject`. Undefined: it ends as every question does.
 */
export function expiryOf(tools: readonly Tool[], agent: Pick<Agent, 'spec'>): AskOptions['expires'] {
  const policies = tools.map(({ approval, approvalDefault }): Required<ApprovalPolicy> => {
    const { expiresMs = 0, onExpiry = 'reject' } = { ...approvalDefault, ...policyOf(agent), ...approval };
    return { expiresMs, onExpiry };
  });
  const ending = policies.filter(({ expiresMs }) => expiresMs > 0);
  if (ending.length === 0) return undefined;
  const afterMs = Math.min(...ending.map(({ expiresMs }) => expiresMs));
  const fails = ending.some(({ expiresMs, onExpiry }) => expiresMs === afterMs && onExpiry === 'fail');
  return { afterMs, action: fails ? 'fail' : 'resume' };
}

/** The result of a call that was not made. */
export function refusal(decision: Extract<Decision, { approved: false }>): ToolResult {
  if ('expired' in decision)
    return failure('tool_refused', 'Nobody approved this call in time, and it was not made. Do not try it again.');
  const { reason } = decision;
  const why = reason === '' ? '' : ` They said: ${reason}`;
  return failure('tool_refused', `The person did not approve this call, and it was not made.${why}`);
}

/** The result with what was decided; a model is told of an input that is not the one it wrote. */
export function noted(result: ToolResult, decision: Decision): ToolResult {
  if ('expired' in decision) return { ...result, meta: { ...result.meta, [APPROVAL]: { decision: 'expired' } } };
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
