import { createTransport } from '@clew/wire/client';
import type { ApprovalDecision, ApprovalLink, ApprovalLinkRequest, ApprovalQuestion } from '@clew/wire/orchestrate';
import type { Connection } from './connect.ts';

/** What runs ask people to approve, at the server that was connected to. Calls reject with `ApiError`. */
export interface ApprovalDesk {
  question(runId: string): Promise<ApprovalQuestion>;
  decide(runId: string, decision: ApprovalDecision): Promise<void>;
  link(runId: string, request: ApprovalLinkRequest): Promise<ApprovalLink>;
}

/** Not members of the chat's client: that one is part of the widget, which decides by messages and carries no byte that it does not need. */
export function approvalDesk({ url, token }: Pick<Connection, 'url' | 'token'>): ApprovalDesk {
  const transport = createTransport({ baseUrl: url, ...(token === undefined ? {} : { token }) });
  const pathOf = (runId: string) => `/orchestrate/runs/${encodeURIComponent(runId)}/approval`;
  return {
    question: (runId) => transport.json({ path: pathOf(runId) }),
    async decide(runId, body) {
      await transport.json({ method: 'POST', path: pathOf(runId), body });
    },
    link: (runId, body) => transport.json({ method: 'POST', path: `${pathOf(runId)}/link`, body }),
  };
}
