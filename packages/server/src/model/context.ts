import type { Agent } from './agent.ts';
import type { JsonObject } from './json.ts';
import type { Run } from './run.ts';

/** Names that the platform fills itself; a client cannot set them. Source: ADK docs, "conversation/context_variables". */
export const RESERVED = 'wxo_';

/** The context variables that the agent declared: what the client sent, and the system's own. */
export function visibleContext(agent: Agent, run: Run): JsonObject {
  if (!agent.contextAccess || agent.contextVariables.length === 0) return {};
  const system: JsonObject = {
    wxo_thread_id: run.threadId,
    wxo_run_id: run.id,
    wxo_email_id: run.userName,
    wxo_user_name: run.userName,
    wxo_tenant_id: run.tenantId,
  };
  const visible: Record<string, JsonObject[string]> = {};
  for (const name of agent.contextVariables) {
    const value = name.startsWith(RESERVED) ? system[name] : run.context[name];
    if (value !== undefined) visible[name] = value;
  }
  return visible;
}
