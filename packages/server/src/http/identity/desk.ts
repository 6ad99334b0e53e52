import { ClewError } from '../../model/index.ts';
import { bearerOf } from '../principal.ts';
import { makeApiKey } from './api-keys.ts';
import { candidatesFor, modesOf, problemOf } from './candidates.ts';
import type { Channel, Mode } from './channel.ts';
import { readClientKey } from './client-keys.ts';
import { type Doorkeeper, type IdentityParts, VISITOR_HEADER } from './identity.ts';
import { CHANNEL_HEADER } from './origins.ts';
import type { Proofs } from './proof.ts';
import { visitorKey } from './signed-out.ts';
import type { ApiKey, IdentityState } from './state.ts';

/** What of a request tells which channel it belongs to. */
export interface Asking {
  header(name: string): string | undefined;
  /** Who asks; only the address is looked at. */
  readonly scope?: { readonly address?: string };
}

/** Public keys that a channel may have at once. */
const MOST_KEYS = 8;
const MOST_API_KEYS = 1_000;

/** Key pairs of the server that can be opened with: the newest, and the one before it. */
const SERVER_KEYS = 2;

/** What a desk needs beside what identity is made of. */
export interface DeskParts extends IdentityParts, Pick<Doorkeeper, 'signOut'> {
  readonly newId: () => string;
  readonly proofs: Proofs;
  readonly isPaused: (channel: string) => Promise<boolean>;
}

/** Headers that tell whose a request is. */
const OF_PERSONS = ['authorization', 'x-api-key', 'x-ibm-wo-user-id', VISITOR_HEADER];

/** Gives out credentials, and keeps what is needed to check them. The wires' `IdentityDesk` describes each call. */
export function createDesk(parts: DeskParts) {
  const { channels, state: file, visitors, payloads, clock, proofs, signedOut } = parts;

  const headersOf = ({ header }: Asking) => ({
    origin: header('origin'),
    host: header('host'),
    [CHANNEL_HEADER]: header(CHANNEL_HEADER),
  });
  const candidates = (asking: Asking) => candidatesFor(channels, headersOf(asking), parts.publicUrl());

  const channelOf = (asking: Asking, name: string | undefined): Channel => {
    const channel = name === undefined ? candidates(asking).candidates[0] : channels.named(name);
    if (channel) return channel;
    throw invalid(['query', 'channel'], 'There is no such channel in clew.config.yaml.');
  };

  const channelOfVisitor = async (asking: Asking) => {
    const state = await file.read();
    const { candidates: found, origin } = candidates(asking);
    const channel = found.find((one) => modesOf(one, state).includes('anonymous'));
    if (channel) return { channel, origin };
    const first = found[0] as Channel;
    throw problemOf(first, state) ?? new ClewError('token_required', 'This channel has no anonymous visitors.');
  };

  const securityOf = (channel: Channel, state: IdentityState) => {
    const modes = modesOf(channel, state);
    return {
      channel: channel.name,
      serverKey: state.serverKeys[0]?.publicKey ?? null,
      clientKeys: (state.channels[channel.name]?.keys ?? []).map((key) => ({
        ...key,
        alg: readClientKey(key.pem).alg,
      })),
      enabled: modes.includes('signed') && !modes.includes('open') && !modes.includes('anonymous'),
    };
  };

  return {
    async visit(asking: Asking, proof?: string) {
      const { channel, origin } = await channelOfVisitor(asking);
      const shown = bearerOf(asking.header('authorization'));
      const old = shown === undefined ? undefined : await visitors.readOld(shown, channel);
      const fits = old !== undefined && (old.origin === null || old.origin === (origin ?? null));
      const known = fits && !(await signedOut.has(visitorKey(old.visitorId))) ? old : undefined;
      // Who is known has shown a proof before.
      if (!known && channel.proofOfWork !== null) {
        const refusal = proof === undefined ? '' : await proofs.take(channel, proof);
        if (refusal !== undefined) return { challenge: await proofs.challenge(channel), refusal };
      }
      const visitor = known ?? { visitorId: parts.newId(), channel: channel.name, origin: origin ?? null };
      const token = await visitors.issue(visitor, channel.visitorSeconds);
      return { token, expiresInSeconds: channel.visitorSeconds, visitorId: visitor.visitorId };
    },

    async challenge(asking: Asking) {
      const { channel } = await channelOfVisitor(asking);
      if (channel.proofOfWork === null)
        throw new ClewError(
          'invalid_request',
          'This channel asks for no proof of work. POST …/auth/visitor gives a token.',
        );
      return proofs.challenge(channel);
    },

    signOut: ({ header, scope }: Asking) =>
      parts.signOut(
        {
          ...headersOf({ header }),
          ...Object.fromEntries(OF_PERSONS.map((name) => [name, header(name)])),
        },
        scope?.address,
      ),

    async status(asking: Asking): Promise<{
      channel: string;
      modes: readonly Mode[];
      paused: boolean;
      proofOfWork: boolean;
      problem: { code: string; message: string } | null;
    }> {
      const state = await file.read();
      const channel = channelOf(asking, undefined);
      const problem = problemOf(channel, state);
      return {
        channel: channel.name,
        modes: modesOf(channel, state),
        paused: await parts.isPaused(channel.name),
        proofOfWork: channel.proofOfWork !== null && modesOf(channel, state).includes('anonymous'),
        problem: problem ? { code: problem.code, message: problem.message } : null,
      };
    },

    async security(asking: Asking, name: string | undefined) {
      return securityOf(channelOf(asking, name), await file.read());
    },

    async setSecurity(
      asking: Asking,
      change: { channel: string | undefined; clientKeys?: readonly string[]; enabled?: boolean },
    ) {
      const channel = channelOf(asking, change.channel);
      const { clientKeys, enabled } = change;
      if ((clientKeys?.length ?? 0) > MOST_KEYS) {
        throw invalid(['body', 'client_public_keys'], `A channel has at most ${MOST_KEYS} keys.`);
      }
      const wanted = clientKeys?.map((pem) => ({ pem, kid: readClientKey(pem).kid }));
      const state = await file.change((before) => {
        const own = before.channels[channel.name] ?? { keys: [] };
        const addedAt = (kid: string) => own.keys.find((key) => key.kid === kid)?.addedAt ?? clock.now();
        const next = {
          ...own,
          ...(wanted ? { keys: wanted.map(({ kid, pem }) => ({ kid, pem, addedAt: addedAt(kid) })) } : {}),
          ...(enabled === undefined ? {} : { securityEnabled: enabled }),
        };
        return { ...before, channels: { ...before.channels, [channel.name]: next } };
      });
      return securityOf(channel, state);
    },

    async makeServerKey() {
      const key = await payloads.makeServerKey(clock.now());
      await file.change((state) => ({ ...state, serverKeys: [key, ...state.serverKeys].slice(0, SERVER_KEYS) }));
      return key.publicKey;
    },

    async apiKeys() {
      return (await file.read()).apiKeys.map(withoutHash);
    },

    async makeApiKey({ role, name, channel }: Pick<ApiKey, 'role' | 'name' | 'channel'>) {
      if (channel !== null && !channels.named(channel)) {
        throw invalid(['body', 'channel'], 'There is no such channel in clew.config.yaml.');
      }
      if (channel !== null && role === 'operator')
        throw invalid(['body', 'channel'], 'An operator may do everything in every channel: leave the channel out.');
      const { key, kept } = makeApiKey({ role, name, channel, createdAt: clock.now() });
      await file.change((state) => {
        if (state.apiKeys.length >= MOST_API_KEYS) throw invalid(['body'], `There are ${MOST_API_KEYS} keys already.`);
        return { ...state, apiKeys: [...state.apiKeys, kept] };
      });
      return { key, info: withoutHash(kept) };
    },

    async revokeApiKey(id: string) {
      await file.change((state) => {
        const apiKeys = state.apiKeys.filter((key) => key.id !== id);
        if (apiKeys.length === state.apiKeys.length) throw new ClewError('key_not_found');
        return { ...state, apiKeys };
      });
    },
  };
}

function withoutHash({ hash: _, ...info }: ApiKey): Omit<ApiKey, 'hash'> {
  return info;
}

function invalid(path: readonly string[], message: string): ClewError {
  return new ClewError('invalid_request', undefined, { issues: [{ path, message, type: 'value_error' }] });
}
