import type { TokenSource } from '@clew/wire/client';
import type { ChatOptions } from '../config/options.ts';
import type { EventBus } from '../events/bus.ts';
import type { Visitor } from './visitor.ts';

/** The token of one chat: what its client sends, and how to get another. */
export interface Tokens {
  /** For `createClient`. Refused, it asks the page (`authTokenNeeded`, then `options.getToken`), once for all calls that were refused meanwhile. */
  readonly source: TokenSource;
  /** A token that the page gives unasked. */
  set(token: string | undefined): void;
  /** Gives the token back and forgets it; `quietly`: only forgets it. Never rejects: what cannot be given back ends by itself. */
  end(quietly: boolean): Promise<void>;
}

/** `visitor` gives tokens where the page gives none. Default: nobody does. */
export function createTokens(
  bus: EventBus,
  options: Pick<ChatOptions, 'token' | 'getToken'>,
  visitor?: Visitor,
): Tokens {
  let token: string | undefined;
  let asking: Promise<string | undefined> | undefined;
  const signIn = (given: string | undefined): string | undefined => {
    if (given !== undefined) visitor?.signedIn();
    token = given;
    return given;
  };

  signIn(options.token);
  const fromPage = async (): Promise<string | undefined> => {
    try {
      return await options.getToken?.();
    } catch (error) {
      console.error('[Clew] The page could not get a token.', error);
      return undefined;
    }
  };
  const renew = async (): Promise<string | undefined> => {
    const old = token;
    const { authToken } = await bus.fire('authTokenNeeded', { authToken: old ?? null });
    if (token !== old) return token;
    const given = authToken === old ? undefined : (authToken ?? undefined);
    const renewed = given ?? (await fromPage());
    if (renewed !== undefined) return signIn(renewed);
    // Somebody whom the page had signed in does not become a visitor when their token ends.
    if (old !== undefined && old !== visitor?.token) return undefined;
    const visiting = await visitor?.renew();
    if (visiting !== undefined) token = visiting;
    return visiting;
  };
  const once = (get: () => Promise<string | undefined>): Promise<string | undefined> => {
    asking ??= get().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    async source(why) {
      if (why === 'refused') return once(renew);
      if (token === undefined && options.getToken) signIn(await once(fromPage));
      token ??= visitor?.token;
      return token;
    },
    set(given) {
      signIn(given);
    },
    async end(quietly) {
      const old = token ?? visitor?.token;
      const ended = quietly || old === undefined ? undefined : visitor?.giveBack(old);
      token = undefined;
      visitor?.forget();
      await ended;
    },
  };
}
