import type { Wire } from '../endpoint.ts';
import { agentEndpoints } from './endpoints/agents.ts';
import { eventEndpoints } from './endpoints/events.ts';
import { runEndpoints } from './endpoints/runs.ts';
import { sessionEndpoints } from './endpoints/sessions.ts';
import { errorReply } from './errors.ts';
import type { AcpOptions } from './options.ts';

export type { AcpOptions } from './options.ts';

/** ACP, the Agent Communication Protocol 0.2.0. Described in `docs/wires.md`. */
export function createAcpWire(options: AcpOptions): Wire {
  return {
    name: 'acp',
    endpoints: [
      ...agentEndpoints(options.engine),
      ...runEndpoints(options),
      ...eventEndpoints(options),
      ...sessionEndpoints(options),
    ],
    error: errorReply,
  };
}
