import type { ApprovalDecision } from '@clew/wire/orchestrate';
import type { Engine } from '../../engine/engine.ts';
import {
  ClewError,
  type FoldedWait,
  fold,
  type Json,
  type JsonObject,
  openWait,
  type Part,
  type RunEvent,
  type Scope,
} from '../../model/index.ts';
import { invalid } from './requests.ts';

/** Makes links under which a person approves without signing in. */
export interface ApprovalDesk {
  /** `issuerId`: the id of the person who asks for it. Times in milliseconds since 1970. */
  link(
    about: { readonly tenantId: string; readonly runId: string; readonly waitId: string } & {
      readonly name: string;
      readonly issuerId: string;
    },
    seconds: number,
  ): Promise<{ readonly url: string; readonly expiresAt: number }>;
}

/** An approval that a run waits for. */
export interface OpenApproval {
  readonly wait: FoldedWait;
  readonly question: readonly Part[];
  /** Milliseconds since 1970. */
  readonly askedAt: number;
}

/** The approval that the run waits for, as the caller may see it. Throws `run_not_waiting` when it waits for none. */
export async function openApproval(engine: Engine, scope: Scope, runId: string): Promise<OpenApproval> {
  const events = await engine.readMilestones(scope, runId);
  const state = fold(events);
  const wait = openWait(state);
  const asked = state.messages.find(({ messageId }) => messageId === wait?.messageId);
  const question = asked?.completed?.parts ?? asked?.parts ?? [];
  if (!wait) throw new ClewError('run_not_waiting');
  if (!question.some((part) => part.type === 'form' && part.name === 'approval'))
    throw new ClewError('run_not_waiting', 'The run waits for an answer, but for no approval: send it a message.');
  const isIt = (event: RunEvent) => event.type === 'run.waiting' && event.data.waitId === wait.waitId;
  return { wait, question, askedAt: events.find(isIt)?.at ?? 0 };
}

/** A decision as the form of the question takes it. Throws `invalid_request` when it does not fit the calls that were asked for. */
export function answerOf(body: ApprovalDecision, { calls = [] }: Pick<FoldedWait, 'calls'>): Part {
  const own = body.calls ?? [];
  const isOne = Math.max(calls.length, own.length) <= 1;
  if (calls.length > 0 && own.length > calls.length)
    throw invalid(['body', 'calls', calls.length], `The run asks for ${calls.length} calls and no more`);
  if (body.input && !isOne)
    throw invalid(['body', 'input'], 'Several calls are asked for: put it into `calls`, at the place of its call');
  const data: Record<string, Json> = { decision: body.decision };
  if (body.reason) data.reason = body.reason;
  if (body.input) data.input = body.input as JsonObject;
  for (const [at, { decision, reason, input }] of own.entries()) {
    const prefix = isOne ? '' : `call_${at + 1}_`;
    data[`${prefix}decision`] = decision;
    if (reason) data[`${prefix}reason`] = reason;
    if (input) data[`${prefix}input`] = input as JsonObject;
  }
  return { type: 'item', kind: 'form_operation', value: { form_operation: 'submit', form_data: data } };
}
