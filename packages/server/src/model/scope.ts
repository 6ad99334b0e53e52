import type { Agent } from './agent.ts';
import type { JsonObject } from './json.ts';

/**
 * Who may see a fact, from the widest circle to the narrowest: a `visitor` is an anonymous person on a page, a `user` is
 * a signed-in person, an `operator` runs the server. Whoever is in a narrower circle also sees what the wider ones see.
 */
export type Audience = 'visitor' | 'user' | 'operator';

const RANK: Record<Audience, number> = { visitor: 0, user: 1, operator: 2 };

/** Whether a caller of audience `caller` may see what is meant for `needed`. */
export function maySee(caller: Audience, needed: Audience): boolean {
  return RANK[caller] >= RANK[needed];
}

/**
 * In whose name a call is made. Every call to the store carries one: rows of another tenant do not exist for it, and rows
 * of another user exist only for an operator.
 */
export interface Scope {
  /** UUID of the tenant. */
  readonly tenantId: string;
  /** UUID of the person (the `sub` of a token). */
  readonly userId: string;
  /** Name of the person as other people may read it, for instance an e-mail address. */
  readonly userName: string;
  readonly audience: Audience;
  /** Names of the agents that can be reached; `listed`: those that are not hidden. Absent: all. */
  readonly agents?: readonly string[] | 'listed';
  /** Context variables that somebody vouches for: they win over those of a request. Absent: none. */
  readonly context?: JsonObject;
  /** What else a signer says of the person, encrypted: kept with runs as it is, for tools that ask for it. Absent: nothing. */
  readonly sealedPayload?: string;
  /** Name of the channel that the call came in by, and whose limits hold for it. Absent: no limits hold, as for operators. */
  readonly channel?: string;
  /** Where the call came from, as limits count it: an IPv4 address, or the first 64 bits of an IPv6 one. Absent: it is not counted by address. */
  readonly address?: string;
}

/** Whether the caller can reach the agent. One that it cannot reach does not exist for it. */
export function reaches({ agents }: Pick<Scope, 'agents'>, { name, hidden }: Pick<Agent, 'name' | 'hidden'>): boolean {
  if (agents === undefined) return true;
  return agents === 'listed' ? !hidden : agents.includes(name);
}
