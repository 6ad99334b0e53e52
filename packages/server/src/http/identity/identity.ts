import type { IncomingHttpHeaders } from 'node:http';
import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { v5 } from 'uuid';
import { ClewError, type JsonObject, type Scope } from '../../model/index.ts';
import { bearerOf, type Identify, NAMESPACE, type Tokens } from '../principal.ts';
import { findApiKey, isApiKey } from './api-keys.ts';
import { candidatesFor, modesOf, problemOf, takesKeys, tokenRequired } from './candidates.ts';
import type { Channel, Channels } from './channel.ts';
import { type ClientKey, readClientKey, type VerifySigned } from './client-keys.ts';
import type { Payloads } from './payload.ts';
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
  readonly publicUrl: () => string;
  readonly clock: { now(): number };
  /** Gives a visitor's threads to a person. */
  readonly moveThreads: (from: Scope, to: Scope) => Promise<number>;
}

/** Header with the token of the visitor that a signed user was. */
const VISITOR_HEADER = 'x-clew-visitor';
/** An anonymous person as hosted instances have it: a client's own id. */
const CLIENT_VISITOR = /^anon(?:ymous)?-([\w-]{16,128})$/;

/** Tokens whose person is remembered: verifying a signature costs some 50 µs, more than the rest of a request. */
const REMEMBERED = 2_000;
/** A page that has signed in sends several requests with the token of the visitor that it was: one of them moves what there is. */
const MOVED_MS = 2_000;

interface Known {
  readonly scope: Scope;
  readonly state: IdentityState;
  readonly expiresAt: number;
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

/** Whose request it is, by the rules of `docs/security.md`. */
export function createIdentify(parts: IdentityParts): Identify {
  const { channels, tenantId, tokens, visitors, payloads, clock } = parts;
  const known = new Map<string, Known>();
  const clientKeys = new Map<string, ClientKey>();
  const moved = new Map<string, number>();

  const keysOf = (channel: Channel, state: IdentityState): ClientKey[] =>
    [...(state.channels[channel.name]?.keys ?? []).map(({ pem }) => pem), ...channel.keys].map((pem) => {
      const key = clientKeys.get(pem) ?? readClientKey(pem);
      clientKeys.set(pem, key);
      return key;
    });

  const withoutToken = ({ headers, origin, state, channels: candidates }: Asked): Scope => {
    for (const channel of candidates) {
      const modes = modesOf(channel, state);
      // A page that hides where it comes from may be anybody's, whatever it knows.
      if (modes.includes('open')) return origin === 'null' ? { ...hidden, channel: channel.name } : tokens.local;
      // Security that was switched on over the API is about pages; programs on this machine stay what they were.
      if (channel.modes.includes('open') && headers.origin === undefined && !headers['x-ibm-wo-user-id'])
        return tokens.local;
      const client = CLIENT_VISITOR.exec(String(headers['x-ibm-wo-user-id'] ?? ''));
      if (client && modes.includes('anonymous')) return visitor(channel, idFor(`${channel.name} ${client[1]}`));
    }
    const channel = candidates[0] as Channel;
    throw problemOf(channel, state) ?? tokenRequired(modesOf(channel, state));
  };

  const hidden: Scope = {
    tenantId,
    userId: idFor('a page without an origin'),
    userName: 'visitor',
    audience: 'visitor',
    agents: 'listed',
  };

  function idFor(text: string): string {
    return v5(`${tenantId} ${text}`, NAMESPACE);
  }

  function visitor(channel: Channel, userId: string): Scope {
    const agents = channel.agents ?? 'listed';
    return { tenantId, userId, userName: 'visitor', audience: 'visitor', agents, channel: channel.name };
  }

  const byApiKey = (token: string, { state, channels: candidates }: Asked): Scope => {
    const key = findApiKey(token, state.apiKeys);
    if (!key) throw new ClewError('unauthorized', 'There is no such API key, or it was revoked.');
    const person = { tenantId, userId: idFor(`key ${key.id}`), userName: key.name, audience: key.role };
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
    return visitor(channel, found.visitorId);
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
        return { channel, claims, scope: await signedScope(channel, claims, state) };
      } catch (error) {
        if (!(error instanceof ClewError)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  };

  async function signedScope(channel: Channel, claims: JWTPayload, state: IdentityState): Promise<Scope> {
    const { sub = '', context, user_payload: payload } = claims;
    const subject = usable(sub);
    if (subject === undefined)
      throw new ClewError('unauthorized', 'The claim "sub" of the token must be a text of 1 to 255 characters.');
    const sealedPayload =
      typeof payload === 'string' ? payload : isObject(payload) ? await payloads.seal(payload) : undefined;
    const said = usable(claims.name) ?? usable(claims.username);
    // Opened only where nothing else says how the person is called.
    const opened =
      said === undefined && sealedPayload !== undefined ? await payloads.open(sealedPayload, state.serverKeys) : {};
    return {
      tenantId,
      userId: UUID.test(subject) ? subject.toLowerCase() : idFor(`user ${subject}`),
      userName: said ?? usable(opened?.name) ?? usable(claims.email) ?? subject,
      audience: 'user',
      agents: channel.agents ?? 'listed',
      channel: channel.name,
      ...(isObject(context) ? { context } : {}),
      ...(sealedPayload === undefined ? {} : { sealedPayload }),
    };
  }

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
    const from = client ? idFor(`${channel.name} ${client[1]}`) : found?.visitorId;
    if (from !== undefined) await parts.moveThreads(visitor(channel, from), to);
    if (moved.size >= REMEMBERED) moved.clear();
    moved.set(shown, clock.now());
  };
  const justMoved = (shown: string) => clock.now() - (moved.get(shown) ?? 0) < MOVED_MS;

  return async (authorization, headers) => {
    const state = await parts.state.read();
    const asked = askedOf(headers, state);
    const key = headers['x-api-key'];
    const token = typeof key === 'string' ? key : bearerOf(authorization);
    if (token === undefined) return withoutToken(asked);
    if (isApiKey(token)) return byApiKey(token, asked);
    const own = await tokens.read(token);
    if (own) return ownScope(own, asked);
    const entryKey = `${asked.channels[0]?.name} ${headers.origin ?? ''} ${token}`;
    const entry = known.get(entryKey);
    const shown = headers[VISITOR_HEADER];
    const settled = typeof shown !== 'string' || justMoved(shown);
    if (settled && entry && entry.state === state && entry.expiresAt > clock.now()) return entry.scope;
    if (algorithmOf(token) === 'HS256') {
      const scope = await byVisitorToken(token, asked);
      // Clients of watsonx Orchestrate bring tokens that nobody here has signed.
      return scope ?? strangers(asked);
    }
    try {
      const { channel, claims, scope } = await bySignature(token, asked);
      await takeOver(headers, channel, scope);
      return remember(entryKey, { scope, state, expiresAt: (claims.exp ?? 0) * 1_000 });
    } catch (error) {
      if (error instanceof ClewError && error.code === 'unauthorized' && isOpen(asked)) return strangers(asked);
      throw error;
    }
  };

  function ownScope(own: Scope, { state, channels: candidates }: Asked): Scope {
    if (own.audience === 'operator') return own;
    const channel = candidates.find((one) => modesOf(one, state).includes('open'));
    if (!channel) throw new ClewError('unauthorized');
    return { ...own, channel: channel.name, ...(channel.agents === null ? {} : { agents: channel.agents }) };
  }

  function strangers(asked: Asked): Scope {
    if (isOpen(asked)) return withoutToken(asked);
    throw new ClewError('unauthorized');
  }

  function isOpen({ state, channels: candidates }: Asked): boolean {
    return candidates.some((channel) => modesOf(channel, state).includes('open'));
  }

  function askedOf(headers: IncomingHttpHeaders, state: IdentityState): Asked {
    const { candidates, origin } = candidatesFor(channels, headers, parts.publicUrl());
    return { headers, origin, state, channels: candidates };
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A text that can be a name: of 1 to 255 characters, without NUL and halves of surrogate pairs. */
function usable(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0')) return undefined;
  const text = value.trim();
  return text.length > 0 && text.length <= 255 ? text : undefined;
}

/** An object that a database takes: NUL and halves of surrogate pairs stand in JSON as escapes. */
function isObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !/\\u(0000|d[89a-f])/i.test(JSON.stringify(value));
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    return 'HS256';
  }
}
