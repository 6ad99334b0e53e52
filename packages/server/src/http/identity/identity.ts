import type { IncomingHttpHeaders } from 'node:http';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { ClewError, type Scope } from '../../model/index.ts';
import { bearerOf, type Identify, type Tokens } from '../principal.ts';
import { findApiKey, isApiKey } from './api-keys.ts';
import { candidatesFor, modesOf, problemOf, takesKeys, tokenRequired } from './candidates.ts';
import type { Channel, Channels } from './channel.ts';
import { type ClientKey, readClientKey, type VerifySigned } from './client-keys.ts';
import type { Payloads } from './payload.ts';
import { CLIENT_VISITOR, createIds } from './persons.ts';
import { type SignedOut, tokenKey, visitorKey } from './signed-out.ts';
import { signedScope } from './signed-scope.ts';
import type { IdentityState, StateFile } from './state.ts';
import type { VisitorTokens } from './visitors.ts';

/** What identity is made of. */
export interface IdentityParts {
  readonly channels: Channels;
  readonly tenantId: string;
  readonly state: StateFile;
  readonly tokens: Tokens;
  readonly visitors: VisitorTokens;
  readonly payloads: Payloads;
  readonly verifySigned: VerifySigned;
  readonly signedOut: SignedOut;
  readonly publicUrl: () => string;
  readonly clock: { now(): number };
  /** Gives a visitor's threads to a person. */
  readonly moveThreads: (from: Scope, to: Scope) => Promise<number>;
  /** Counts a visitor of an address who signs out: anybody can be any number of visitors, and each that has signed out is kept for days. Throws `rate_limited`. */
  readonly admitSignOut: (address: string) => Promise<void>;
}

/** Header with the token of the visitor that a signed user was. */
export const VISITOR_HEADER = 'x-clew-visitor';

/** Tokens whose person is remembered: verifying a signature costs some 50 µs, more than the rest of a request. */
const REMEMBERED = 2_000;
/** A page that has signed in sends several requests with the token of the visitor that it was: one of them moves what there is. */
const MOVED_MS = 2_000;

interface Known {
  readonly scope: Scope;
  readonly state: IdentityState;
  readonly expiresAt: number;
  /** What the token is called when it is given back. */
  readonly tokenKey: string;
}

/** A request, as far as it says whose it is. */
interface Asked {
  readonly headers: IncomingHttpHeaders;
  /** Absent for requests of programs, and for those of the server's own pages. */
  readonly origin: string | undefined;
  readonly state: IdentityState;
  /** Channels that it may belong to, the likeliest first. Never empty. */
  readonly channels: readonly Channel[];
}

/** Tells whose request it is, and ends what it came with. */
export interface Doorkeeper {
  /** By the rules of `docs/security.md`. */
  readonly identify: Identify;
  /** Makes the tokens of a request worthless: a visitor's, with all that the visitor has, and a person's own. Those that say nothing are passed over. Throws `rate_limited` when an address has ended very many visitors. */
  signOut(headers: IncomingHttpHeaders, address?: string): Promise<void>;
}

export function createDoorkeeper(parts: IdentityParts): Doorkeeper {
  const { channels, tenantId, tokens, visitors, payloads, clock, signedOut } = parts;
  const known = new Map<string, Known>();
  const clientKeys = new Map<string, ClientKey>();
  const ids = createIds(tenantId);
  const moved = new Map<string, number>();

  const keysOf = (channel: Channel, state: IdentityState): ClientKey[] =>
    [...(state.channels[channel.name]?.keys ?? []).map(({ pem }) => pem), ...channel.keys].map((pem) => {
      const key = clientKeys.get(pem) ?? readClientKey(pem);
      clientKeys.set(pem, key);
      return key;
    });

  const withoutToken = async ({ headers, origin, state, channels: candidates }: Asked): Promise<Scope> => {
    for (const channel of candidates) {
      const modes = modesOf(channel, state);
      // A page that hides where it comes from may be anybody's, whatever it knows.
      if (modes.includes('open')) return origin === 'null' ? { ...hidden, channel: channel.name } : tokens.local;
      // Security that was switched on over the API is about pages; programs on this machine stay what they were.
      if (channel.modes.includes('open') && headers.origin === undefined && !headers['x-ibm-wo-user-id'])
        return tokens.local;
      const client = CLIENT_VISITOR.exec(String(headers['x-ibm-wo-user-id'] ?? ''));
      if (client && takesClientIds(channel, state))
        return staying(visitor(channel, ids.client(channel.name, client[1] as string)));
    }
    const channel = candidates[0] as Channel;
    throw problemOf(channel, state) ?? tokenRequired(modesOf(channel, state));
  };

  const hidden: Scope = {
    tenantId,
    userId: ids.idFor('a page without an origin'),
    userName: 'visitor',
    audience: 'visitor',
    agents: 'listed',
  };

  function visitor(channel: Channel, userId: string): Scope {
    const agents = channel.agents ?? 'listed';
    return { tenantId, userId, userName: 'visitor', audience: 'visitor', agents, channel: channel.name };
  }

  /** The visitor, unless it has signed out. */
  async function staying(scope: Scope): Promise<Scope> {
    if (await signedOut.has(visitorKey(scope.userId))) throw gone();
    return scope;
  }

  const gone = () =>
    new ClewError('unauthorized', 'This token was given back: its person has signed out. Get a new one.');

  const byApiKey = (token: string, { state, channels: candidates }: Asked): Scope => {
    const key = findApiKey(token, state.apiKeys);
    if (!key) throw new ClewError('unauthorized', 'There is no such API key, or it was revoked.');
    const person = { tenantId, userId: ids.apiKey(key.id), userName: key.name, audience: key.role };
    if (key.role === 'operator') return person;
    const channel = candidates.find(
      (one) => (key.channel === null || key.channel === one.name) && takesKeys(one, state),
    );
    if (!channel) throw new ClewError('unauthorized', 'No channel of this request takes this API key.');
    return { ...person, agents: channel.agents ?? 'listed', channel: channel.name };
  };

  const byVisitorToken = async (token: string, { headers, state, channels: candidates }: Asked) => {
    const found = await visitors.read(token);
    const channel = found && candidates.find(({ name }) => name === found.channel);
    if (!found || !channel || !modesOf(channel, state).includes('anonymous')) return undefined;
    if (found.origin !== null && headers.origin !== undefined && headers.origin !== found.origin) {
      throw new ClewError('unauthorized', 'This token was made for a page of another origin. Get a new one.');
    }
    return staying(visitor(channel, found.visitorId));
  };

  const bySignature = async (token: string, { state, channels: candidates }: Asked) => {
    let refusal: unknown = new ClewError('unauthorized');
    for (const channel of candidates) {
      const keys = keysOf(channel, state);
      if (keys.length === 0 && channel.jwks === null) continue;
      const modes = modesOf(channel, state);
      if (!modes.includes('signed') && !modes.includes('open')) continue;
      try {
        const claims = await parts.verifySigned(token, { channel, keys, now: clock.now() });
        const about = { tenantId, payloads, idOf: ids.signed };
        return { channel, claims, scope: await signedScope({ channel, claims, state }, about) };
      } catch (error) {
        if (!(error instanceof ClewError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };

  const remember = (key: string, entry: Known): Scope => {
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value as string);
    known.set(key, entry);
    return entry.scope;
  };

  /** The visitor that somebody was before they signed in hands its threads over. */
  const takeOver = async (headers: IncomingHttpHeaders, channel: Channel, to: Scope): Promise<void> => {
    const shown = headers[VISITOR_HEADER];
    if (typeof shown !== 'string' || justMoved(shown)) return;
    const client = CLIENT_VISITOR.exec(shown);
    const found = client ? undefined : await visitors.readOld(shown, channel);
    const from = client ? ids.client(channel.name, client[1] as string) : found?.visitorId;
    if (from !== undefined && !(await signedOut.has(visitorKey(from))))
      await parts.moveThreads(visitor(channel, from), to);
    if (moved.size >= REMEMBERED) moved.clear();
    moved.set(shown, clock.now());
  };
  const justMoved = (shown: string) => clock.now() - (moved.get(shown) ?? 0) < MOVED_MS;

  const identify: Identify = async (authorization, headers) => {
    const state = await parts.state.read();
    const asked = askedOf(headers, state);
    const key = headers['x-api-key'];
    const token = typeof key === 'string' ? key : bearerOf(authorization);
    if (token === undefined) return withoutToken(asked);
    if (isApiKey(token)) return byApiKey(token, asked);
    const own = await tokens.read(token);
    if (own) {
      if (await signedOut.has(tokenKey(token))) throw gone();
      return ownScope(own, asked);
    }
    const entryKey = `${asked.channels[0]?.name} ${headers.origin ?? ''} ${token}`;
    const entry = known.get(entryKey);
    const shown = headers[VISITOR_HEADER];
    const settled = typeof shown !== 'string' || justMoved(shown);
    if (settled && entry && entry.state === state && entry.expiresAt > clock.now()) {
      if (await signedOut.has(entry.tokenKey)) throw gone();
      return entry.scope;
    }
    if (algorithmOf(token) === 'HS256') {
      const scope = await byVisitorToken(token, asked);
      // Clients of watsonx Orchestrate bring tokens that nobody here has signed.
      return scope ?? strangers(asked);
    }
    const signed = await bySignature(token, asked).catch((error: unknown) => {
      if (error instanceof ClewError && error.code === 'unauthorized' && isOpen(asked)) return undefined;
      throw error;
    });
    if (!signed) return strangers(asked);
    const { channel, claims, scope } = signed;
    // Whoever has signed out is not taken for a stranger, on any node.
    if (await signedOut.has(tokenKey(token, claims))) throw gone();
    await takeOver(headers, channel, scope);
    const next = { scope, state, expiresAt: (claims.exp ?? 0) * 1_000, tokenKey: tokenKey(token, claims) };
    return remember(entryKey, next);
  };

  function ownScope(own: Scope, { state, channels: candidates }: Asked): Scope {
    if (own.audience === 'operator') return own;
    const channel = candidates.find((one) => modesOf(one, state).includes('open'));
    if (!channel) throw new ClewError('unauthorized');
    return { ...own, channel: channel.name, ...(channel.agents === null ? {} : { agents: channel.agents }) };
  }

  function strangers(asked: Asked): Promise<Scope> {
    if (isOpen(asked)) return withoutToken(asked);
    throw new ClewError('unauthorized');
  }

  async function signOut(headers: IncomingHttpHeaders, address?: string): Promise<void> {
    const asked = askedOf(headers, await parts.state.read());
    const key = headers['x-api-key'];
    const token = typeof key === 'string' ? key : bearerOf(headers.authorization);
    if (token !== undefined && isApiKey(token))
      throw new ClewError('invalid_request', 'An API key is not signed out. `clew keys api revoke` revokes it.');
    // First: who has signed in is signed out, whatever becomes of the visitor.
    if (token !== undefined) await endPerson(token, asked);
    for (const shown of [headers[VISITOR_HEADER], headers['x-ibm-wo-user-id'], token])
      if (typeof shown === 'string') await endVisitor(shown, { asked, address });
  }

  async function endPerson(token: string, asked: Asked): Promise<void> {
    if (await tokens.read(token).catch(() => undefined))
      return signedOut.add(tokenKey(token), (decodeJwt(token).exp ?? 0) * 1_000);
    if (algorithmOf(token) === 'HS256') return;
    const signed = await bySignature(token, asked).catch(unlessRefused);
    if (!signed) return;
    const { channel, claims } = signed;
    await signedOut.add(tokenKey(token, claims), ((claims.exp ?? 0) + channel.clockSkewSeconds) * 1_000);
  }

  /** A visitor comes back with an old token for days: it is the visitor that ends. */
  async function endVisitor(
    shown: string,
    { asked, address }: { asked: Asked; address: string | undefined },
  ): Promise<void> {
    const client = CLIENT_VISITOR.exec(shown);
    for (const channel of asked.channels) {
      // Nobody can come in as such a one, and nothing need be kept of it.
      if (client && !takesClientIds(channel, asked.state)) continue;
      const old = client ? undefined : await visitors.readOld(shown, channel);
      const id = client ? ids.client(channel.name, client[1] as string) : old?.visitorId;
      if (id === undefined || (await signedOut.has(visitorKey(id)))) continue;
      if (address !== undefined) await parts.admitSignOut(address);
      const seconds = channel.visitorDays * 86_400 + channel.visitorSeconds;
      await signedOut.add(visitorKey(id), clock.now() + seconds * 1_000);
    }
  }

  function isOpen({ state, channels: candidates }: Asked): boolean {
    return candidates.some((channel) => modesOf(channel, state).includes('open'));
  }

  function askedOf(headers: IncomingHttpHeaders, state: IdentityState): Asked {
    const { candidates, origin } = candidatesFor(channels, headers, parts.publicUrl());
    return { headers, origin, state, channels: candidates };
  }

  return { identify, signOut };
}

/** Whether visitors may make their id up. Who has to show a proof of work gets a token for it instead. */
function takesClientIds(channel: Channel, state: IdentityState): boolean {
  return channel.proofOfWork === null && modesOf(channel, state).includes('anonymous');
}

function unlessRefused(error: unknown): undefined {
  if (error instanceof ClewError) return undefined;
  throw error;
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return 'HS256';
  }
}
