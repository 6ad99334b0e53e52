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
}
