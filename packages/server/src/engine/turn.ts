import { type Agent, type JsonObject, type Message, RESERVED } from '../model/index.ts';
import type { Lease, Store, Turn } from '../ports/index.ts';

/** Declared, it lets an agent open what signers say of people; it is no variable, for variables are shown to models. */
const PAYLOAD = 'wxo_user_payload';

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
  /** Opens what a signer has encrypted for this server. */
  readonly openPayload: ((sealed: string) => Promise<JsonObject | undefined>) | undefined;
}

/** The turn of a conversation as its runtime sees it. */
export async function createTurn(options: TurnOptions): Promise<Turn> {
  const { store, lease, agent, inputs, context, said } = options;
  const known = inputs ?? (await store.readTurn(lease, 0)).inputs;
  return {
    run: lease.run,
    agent,
    input: known.at(-1) as Message,
    inputs: known,
    context,
    attempt: lease.epoch,
    said,
    userPayload: async () => {
      const sealed = lease.run.options.user_payload;
      if (typeof sealed !== 'string' || !agent.contextAccess) return undefined;
      return agent.contextVariables.includes(PAYLOAD) ? options.openPayload?.(sealed) : undefined;
    },
    history: async (limit = 200) => (await store.readTurn(lease, limit)).history,
  };
}
