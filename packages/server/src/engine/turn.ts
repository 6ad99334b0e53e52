import type { Agent, JsonObject, Message, Run } from '../model/index.ts';
import type { Lease, Store, Turn } from '../ports/index.ts';

/** Names that the platform fills itself; a client cannot set them. Source: ADK docs, "conversation/context_variables". */
const RESERVED = 'wxo_';

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

/** What a run reports about its context at the end: declared variables of the client and what the agent changed; nothing of the system's. */
export function reportedContext(visible: JsonObject, changed: JsonObject): JsonObject {
  const own = Object.entries(visible).filter(([name]) => !name.startsWith(RESERVED));
  return { ...Object.fromEntries(own), ...changed };
}

/** What `createTurn` needs. */
export interface TurnOptions {
  readonly store: Store;
  readonly lease: Lease;
  readonly agent: Agent;
  /** Known at the first attempt; read from the store otherwise. */
  readonly inputs?: readonly Message[];
  readonly context: JsonObject;
  readonly said: number;
}

/** The turn of a conversation as its runtime sees it. */
export async function createTurn({ store, lease, agent, inputs, context, said }: TurnOptions): Promise<Turn> {
  const known = inputs ?? (await store.readTurn(lease, 0)).inputs;
  return {
    run: lease.run,
    agent,
    input: known.at(-1) as Message,
    inputs: known,
    context,
    attempt: lease.epoch,
    said,
    history: async (limit = 200) => (await store.readTurn(lease, limit)).history,
  };
}
