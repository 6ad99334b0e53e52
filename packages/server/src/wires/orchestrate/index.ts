import type { Wire } from '../endpoint.ts';
import { agentEndpoints } from './endpoints/agents.ts';
import { approvalEndpoints } from './endpoints/approvals.ts';
import { authEndpoints } from './endpoints/auth.ts';
import { channelEndpoints } from './endpoints/channels.ts';
import { completionEndpoints } from './endpoints/completions.ts';
import { erasureEndpoints } from './endpoints/erasures.ts';
import { eventEndpoints } from './endpoints/events.ts';
import { fileEndpoints } from './endpoints/files.ts';
import { healthEndpoints } from './endpoints/health.ts';
import { identityEndpoints } from './endpoints/identity.ts';
import { messageEndpoints } from './endpoints/messages.ts';
import { modelEndpoints } from './endpoints/models.ts';
import { runEndpoints } from './endpoints/runs.ts';
import { tenantEndpoints } from './endpoints/tenants.ts';
import { threadEndpoints } from './endpoints/threads.ts';
import { webhookEndpoints } from './endpoints/webhooks.ts';
import { errorReply } from './errors.ts';
import type { OrchestrateOptions } from './options.ts';

export type { ApprovalDesk } from './approvals.ts';
export type { ChannelDesk, ChannelInfo } from './channels.ts';
export type { ErasureDesk } from './erasures.ts';
export type { FileDesk } from './files.ts';
export type { IdentityDesk } from './identity.ts';
export type { OrchestrateOptions } from './options.ts';
export type { TokenIssuer } from './tokens.ts';
export type { WebhookDesk } from './webhooks.ts';

/** The Orchestrate chat API: what the widget of watsonx Orchestrate, the ADK and their likes speak. Described in `docs/wires.md`. */
export function createOrchestrateWire(options: OrchestrateOptions): Wire {
  const { engine } = options;
  return {
    name: 'orchestrate',
    endpoints: [
      ...threadEndpoints(options),
      ...messageEndpoints(engine),
      ...runEndpoints(options),
      ...approvalEndpoints(options),
      ...eventEndpoints(options),
      ...completionEndpoints(options),
      ...(options.files ? fileEndpoints(options.files) : []),
      ...agentEndpoints(engine),
      ...modelEndpoints(engine),
      ...authEndpoints(options),
      ...(options.identity ? identityEndpoints(options.identity) : []),
      ...(options.channels ? channelEndpoints(options.channels) : []),
      ...(options.erasures ? erasureEndpoints(options.erasures) : []),
      ...(options.webhooks ? webhookEndpoints(options.webhooks) : []),
      ...tenantEndpoints(options),
      ...healthEndpoints(options),
    ],
    error: (error) => errorReply(error),
  };
}
