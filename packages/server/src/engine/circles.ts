import type { Scope } from '../model/index.ts';
import type { Quota } from '../ports/index.ts';

const DAY_MS = 86_400_000;
/** Windows are counted in parts: what was used becomes free bit by bit. */
export const MINUTE = { windowMs: 60_000, partMs: 10_000 };
export const DAY = { windowMs: DAY_MS, partMs: 3_600_000 };

/** The ceilings of each circle of a channel. */
export interface Circles<C> {
  readonly visitor: C;
  readonly user: C;
  readonly address: C;
  readonly channel: C;
}

/** Circles of a caller, its own first: one that is refused there takes nothing from those that are shared. */
export function circlesOf<C>(scope: Scope, limits: Circles<C>): { readonly name: string; readonly ceilings: C }[] {
  const { channel, userId, audience, address } = scope;
  const isVisitor = audience === 'visitor';
  return [
    { name: `${channel} person ${userId}`, ceilings: isVisitor ? limits.visitor : limits.user },
    ...(isVisitor && address !== undefined
      ? [{ name: `${channel} address ${address}`, ceilings: limits.address }]
      : []),
    { name: `${channel} all`, ceilings: limits.channel },
  ];
}

/** So much in a window of time; nothing where there is no limit. Default amount 1. */
export function rate(
  key: string,
  { limit, window, at, amount = 1 }: { limit: number | null; window: typeof MINUTE; at: number; amount?: number },
): Quota[] {
  if (limit === null) return [];
  const start = at - (at % window.partMs);
  return [{ key, slot: String(start), amount, limit, until: start + window.windowMs }];
}
