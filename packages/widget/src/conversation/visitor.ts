/** An anonymous visitor, as the server knows it. */
export interface Visitor {
  /** The token of before, perhaps of an earlier visit, perhaps expired; undefined: there is none. */
  readonly token: string | undefined;
  /**
   * A new token: of the same visitor, if there was one. Undefined where the channel has no visitors. Where the server wants a proof of work from strangers, it is
   * made first.
   */
  renew(): Promise<string | undefined>;
  /** The visitor has become a user: the calls that follow say who it was, so that its conversations go along. */
  signedIn(): void;
  /** Tells the server that a token is good for nothing any more, and the visitor from before it neither. Never rejects. */
  giveBack(token: string): Promise<void>;
  /** Neither the token nor who the visitor was is known any more. */
  forget(): void;
}

/** A challenge may end while a slow machine works on it: then the next one is tried, this often. */
const PROOFS = 2;

export interface VisitorOptions {
  /** Without a slash at the end. */
  readonly hostUrl: string;
  /** Headers of every call; `signedIn` adds one. */
  readonly headers: Record<string, string>;
  /** Where the token is kept over visits; undefined: nowhere. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
}

export function createVisitor({ hostUrl, headers, storage }: VisitorOptions): Visitor {
  const place = `clew visitor ${hostUrl} ${headers['x-ibm-wo-orchestrate-id'] ?? ''}`;
  let token = quietly(() => storage?.getItem(place)) ?? undefined;

  return {
    get token() {
      return token;
    },
    async renew() {
      try {
        const old: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
        const ask = (altcha?: string) =>
          fetch(`${hostUrl}/api/v1/auth/visitor`, {
            method: 'POST',
            headers: { ...headers, ...old, 'content-type': 'application/json' },
            body: JSON.stringify({ altcha }),
          });
        let reply = await ask();
        for (let proofs = 0; !reply.ok && proofs < PROOFS; proofs += 1) {
          const { code, challenge } = (await reply.json()) as { code?: unknown; challenge?: unknown };
          if (code !== 'proof_required') return undefined;
          const { solve } = await import('../proof/index.ts');
          reply = await ask(await solve(challenge));
        }
        if (!reply.ok) return undefined;
        token = String(((await reply.json()) as { access_token: unknown }).access_token);
        quietly(() => storage?.setItem(place, token as string));
        return token;
      } catch (error) {
        // The call that needed it says that the server is away.
        console.warn('[Clew] No token for a visitor.', error);
        return undefined;
      }
    },
    signedIn() {
      if (token !== undefined) headers['x-clew-visitor'] = token;
      token = undefined;
      quietly(() => storage?.removeItem(place));
    },
    async giveBack(given) {
      const call = {
        method: 'POST',
        headers: { ...headers, Authorization: `Bearer ${given}` },
        keepalive: true,
      };
      await fetch(`${hostUrl}/api/v1/auth/logout`, call).catch((error) =>
        console.warn('[Clew] The server could not be told that the session has ended.', error),
      );
    },
    forget() {
      token = undefined;
      delete headers['x-clew-visitor'];
      quietly(() => storage?.removeItem(place));
    },
  };
}

/** Pages may have no storage, or forbid it. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
