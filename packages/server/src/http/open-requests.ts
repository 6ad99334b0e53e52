import { ClewError, type Scope } from '../model/index.ts';

/** How many requests there may be at once, for each of these; null: any number. */
export interface RequestCeilings {
  readonly visitor: number | null;
  readonly user: number | null;
  readonly address: number | null;
  readonly channel: number | null;
}

/** Counts the requests of callers that limits hold for, from here until they are answered to the end: streams for as long as they are open. */
export interface OpenRequests {
  /** Lets a request in; the reply is to be called once when it has ended. Throws `rate_limited`. */
  enter(scope: Scope): () => void;
}

/** When to come again: requests end, but nobody knows when. */
const AGAIN_SECONDS = 5;
const NOTHING = () => {};

/** One per process: what is protected are its sockets and its memory. */
export function createOpenRequests(ceilingsOf: (channel: string) => RequestCeilings | undefined): OpenRequests {
  const open = new Map<string, number>();
  return {
    enter({ channel, userId, audience, address }) {
      const ceilings = channel === undefined ? undefined : ceilingsOf(channel);
      if (!ceilings) return NOTHING;
      const { visitor, user } = ceilings;
      const isVisitor = audience === 'visitor';
      const counted: [key: string, most: number | null][] = [
        [`person ${userId}`, isVisitor ? visitor : user],
        ...(isVisitor && address !== undefined
          ? [[`${channel} ${address}`, ceilings.address] as [string, number | null]]
          : []),
        [`channel ${channel}`, ceilings.channel],
      ];
      if (counted.some(([key, most]) => most !== null && (open.get(key) ?? 0) >= most)) {
        throw new ClewError('rate_limited', 'Too many requests are open at once. Try again in a few seconds.', {
          retryAfterSeconds: AGAIN_SECONDS,
        });
      }
      for (const [key] of counted) open.set(key, (open.get(key) ?? 0) + 1);
      return () => {
        for (const [key] of counted) {
          const left = (open.get(key) ?? 1) - 1;
          if (left > 0) open.set(key, left);
          else open.delete(key);
        }
      };
    },
  };
}
