/** An anonymous visitor, as the server knows it. */
export interface Visitor {
  /** The token of before, perhaps of an earlier visit, perhaps expired; undefined: there is none. */
  readonly token: string | undefined;
  /** A new token: of the same visitor, if there was one. Undefined where the channel has no visitors. */
  renew(): Promise<string | undefined>;
  /** The visitor has become a user: the calls that follow say who it was, so that its conversations go along. */
  signedIn(): void;
}

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
        const reply = await fetch(`${hostUrl}/api/v1/auth/visitor`, {
          method: 'POST',
          headers: { ...headers, ...old },
        });
        if (!reply.ok) return undefined;
        token = String(((await reply.json()) as { access_token: unknown }).access_token);
        quietly(() => storage?.setItem(place, token as string));
        return token;
      } catch {
        // The call that needed it says that the server is away.
        return undefined;
      }
    },
    signedIn() {
      if (token !== undefined) headers['x-clew-visitor'] = token;
      token = undefined;
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
