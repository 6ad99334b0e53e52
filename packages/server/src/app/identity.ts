import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { createGuardedFetch, createIdentity, type Identity, type Tokens } from '../http/index.ts';
import { ClewError } from '../model/index.ts';
import type { Store } from '../ports/index.ts';
import { REAL_CLOCK } from './clock.ts';

/** The identity of an installation, by the channels of its configuration. */
export function identityOf(parts: {
  readonly config: Config;
  readonly tenantId: string;
  readonly tokens: Tokens;
  readonly secret: Uint8Array;
  readonly store: Store;
  readonly log: Logger;
  /** Whether nobody can say anything in a channel for now. */
  readonly isPaused: (channel: string) => Promise<boolean>;
  /** Counts a visitor of an address who signs out. */
  readonly admitSignOut: (address: string) => Promise<void>;
  /** Where clients reach the server; empty while that is not known. */
  readonly publicUrl: () => string;
}): Identity {
  const { config, log, ...rest } = parts;
  const addresses = Object.values(config.channels).flatMap(({ jwks }) => (jwks === null ? [] : [new URL(jwks).host]));
  const fetchText = createGuardedFetch({ hosts: addresses });
  return createIdentity({
    ...rest,
    channels: config.channels,
    clock: REAL_CLOCK,
    hosts: config.server.hosts?.split(/[,\s]+/).filter(Boolean) ?? [],
    async fetchText(url) {
      try {
        return await fetchText(url);
      } catch (err) {
        log.warn({ err, url }, 'a set of public keys could not be read');
        throw err;
      }
    },
    onRefused: (origin) =>
      log.warn(
        { origin },
        'a page may not use this server: if it should, add its origin to a channel in clew.config.yaml',
      ),
  });
}

/** Without an open channel nobody gets a token for a name: names prove nothing. */
export const NO_TOKENS: Pick<Tokens, 'issue'> = {
  issue: () =>
    Promise.reject(
      new ClewError(
        'unauthorized',
        'This server gives no tokens for names, since none of its channels is open. docs/security.md says how to sign in.',
      ),
    ),
};
