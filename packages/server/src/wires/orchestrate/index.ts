import type { Wire } from '../endpoint.ts';
import { agentEndpoints } from './endpoints/agents.ts';
import { authEndpoints } from './endpoints/auth.ts';
import { completionEndpoints } from './endpoints/completions.ts';
import { eventEndpoints } from './endpoints/events.ts';
import { healthEndpoints } from './endpoints/health.ts';
import { messageEndpoints } from './endpoints/messages.ts';
import { modelEndpoints } from './endpoints/models.ts';
import { runEndpoints } from './endpoints/runs.ts';
import { tenantEndpoints } from './endpoints/tenants.ts';
import { threadEndpoints } from './endpoints/threads.ts';
import { errorReply } from './errors.ts';
import type { OrchestrateOptions } from './options.ts';

export type { OrchestrateOptions } from './options.ts';
export type { TokenIssuer } from './tokens.ts';

/** The Orchestrate chat API: what the widget of watsonx Orchestrate, the ADK and their likes speak. Described in `docs/wires.md`. */
export function createOrchestrateWire(options: OrchestrateOptions): Wire {
  const { engine } = options;
  return {
    name: 'orchestrate',
    endpoints: [
      ...threadEndpoints(options),
      ...messageEndpoints(engine),
      ...runEndpoints(options),
      ...eventEndpoints(options),
      ...completionEndpoints(options),
      ...agentEndpoints(engine),
      ...modelEndpoints(engine),
      ...authEndpoints(options),
      ...tenantEndpoints(options),
      ...healthEndpoints(options),
    ],
    error: (error) => errorReply(error),
  };
}
