import {
  type ApprovalLink,
  type ApprovalQuestion,
  approvalDecision,
  approvalLink,
  approvalLinkRequest,
  approvalQuestion,
  run,
} from '@clew/wire/orchestrate';
import { ClewError, maySee, textOf } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { answerOf, openApproval } from '../approvals.ts';
import type { OrchestrateOptions } from '../options.ts';
import { orchestratePath } from '../paths.ts';
import { decodeBody, pathId } from '../requests.ts';
import { encodeRun } from '../run.ts';
import { isoTime } from '../times.ts';
import { messageView } from '../views.ts';

const base = { tag: 'Approvals', access: 'principal' } as const;

const DAY_S = 86_400;

/** Approvals of tools' calls: what is asked, a decision, and links for people who do not sign in. Clew's own; the original decides by a message on the thread. */
export function approvalEndpoints({ engine, approvals }: OrchestrateOptions): Endpoint[] {
  const endpoints: Endpoint[] = [
    {
      ...base,
      ...orchestratePath('/runs/{run_id}/approval'),
      method: 'GET',
      summary: 'Read which calls of tools a run waits to be approved',
      schemas: { reply: approvalQuestion },
      async handle(request) {
        const { scope } = request;
        const found = await engine.library.readRun(scope, pathId(request, 'run_id'));
        const { wait, question, askedAt } = await openApproval(engine, scope, found.id);
        const { expires } = wait;
        const body: ApprovalQuestion = {
          run_id: found.id,
          thread_id: found.threadId,
          wait_id: wait.waitId,
          text: textOf(question),
          asked_at: isoTime(askedAt),
          expires_at: expires ? isoTime(expires.at) : null,
          on_expiry: expires ? (expires.action === 'fail' ? 'fail' : 'reject') : null,
          calls: [...(wait.calls ?? [])],
        };
        return { status: 200, body };
      },
    },
    {
      ...base,
      ...orchestratePath('/runs/{run_id}/approval'),
      method: 'POST',
      summary: 'Approve or reject the calls that a run waits with; the input may be changed',
      schemas: { body: approvalDecision, reply: run },
      async handle(request) {
        const { scope } = request;
        const runId = pathId(request, 'run_id');
        // First: to whom the run does not exist nothing else is told.
        const { wait } = await openApproval(engine, scope, runId);
        const body = decodeBody(approvalDecision, request.body);
        const waitId = body.wait_id ?? wait.waitId;
        const answered = await engine.answerRun(scope, runId, { parts: [answerOf(body, wait)], waitId });
        return { status: 200, body: encodeRun(answered, messageView(engine, scope)) };
      },
    },
  ];
  if (!approvals) return endpoints;
  endpoints.push({
    ...base,
    ...orchestratePath('/runs/{run_id}/approval/link'),
    method: 'POST',
    summary: 'Make a link under which a person approves or rejects the calls without signing in',
    schemas: { body: approvalLinkRequest, reply: approvalLink },
    async handle(request) {
      const { scope } = request;
      const runId = pathId(request, 'run_id');
      const { wait } = await openApproval(engine, scope, runId);
      // A visitor could name anybody, and the log would say that it was they who decided.
      if (!maySee(scope.audience, 'user'))
        throw new ClewError('operator_only', 'Approval links are for signed users and operators. Sign in, or ask one.');
      const { name, expires_in: seconds } = decodeBody(approvalLinkRequest, request.body ?? {});
      const about = { tenantId: scope.tenantId, runId, waitId: wait.waitId };
      const person = { name: name ?? 'somebody', issuerId: scope.userId };
      const { url, expiresAt } = await approvals.link({ ...about, ...person }, seconds ?? DAY_S);
      const body: ApprovalLink = { url, wait_id: wait.waitId, expires_at: isoTime(expiresAt) };
      return { status: 200, body };
    },
  });
  return endpoints;
}
