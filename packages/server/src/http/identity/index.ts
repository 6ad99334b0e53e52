import { ClewError, type Json, type JsonObject, type Scope } from '../../model/index.ts';
import type { Identify, Tokens } from '../principal.ts';
import { type Channel, createChannels } from './channel.ts';
import { createVerifier, readClientKey } from './client-keys.ts';
import { createDesk } from './desk.ts';
import { createDoorkeeper, type IdentityParts } from './identity.ts';
import { createOriginGuard, type OriginGuard } from './origins.ts';
import { createPayloads } from './payload.ts';
import { createPersons, type Persons } from './persons.ts';
import { createProofs } from './proof.ts';
import { createSignedOut } from './signed-out.ts';
import { openState } from './state.ts';
import { createVisitorTokens } from './visitors.ts';

/** What the identity of an installation is made of. */
export interface IdentityOptions {
  /** By name; never empty. */
  readonly channels: Readonly<Record<string, Omit<Channel, 'name'>>>;
  readonly tenantId: string;
  readonly tokens: Tokens;
  /** The installation's own secret. */
  readonly secret: Uint8Array;
  readonly store: {
    readSetting(key: string): Promise<Json | undefined>;
    changeSetting(key: string, before: Json | undefined, value: Json): Promise<boolean>;
    revoke(key: string, until: number, at: number): Promise<boolean>;
    isRevoked(key: string, at: number): Promise<boolean>;
    moveThreads(from: Scope, to: Scope): Promise<number>;
  };
  readonly clock: { now(): number; id(): string };
  readonly publicUrl: () => string;
  /** Names of the server beside those of this machine. */
  readonly hosts: readonly string[];
  /** Reads a set of public keys from its address. */
  readonly fetchText: (url: string) => Promise<string>;
  /** Whether nobody can say anything in a channel for now. */
  readonly isPaused: (channel: string) => Promise<boolean>;
  /** Counts a visitor of an address who signs out. Throws `rate_limited`. */
  readonly admitSignOut: (address: string) => Promise<void>;
  /** Told of each origin that is refused, once. */
  readonly onRefused: (origin: string) => void;
}

export interface Identity {
  readonly identify: Identify;
  readonly origins: OriginGuard;
  readonly desk: ReturnType<typeof createDesk>;
  /** The ids under which somebody may have said something; see `createPersons`. */
  readonly personsOf: (sub: string, channel?: string) => Persons;
  /** Opens a `user_payload` that was sealed. */
  readonly openPayload: (sealed: string) => Promise<JsonObject | undefined>;
  /** Whether some channel trusts whoever reaches the server. */
  readonly anyOpen: boolean;
}

/** Throws `invalid_request` for a configured key of a kind that is not taken. */
function checkKeys(channel: string, keys: readonly string[]): void {
  for (const pem of keys) {
    try {
      readClientKey(pem);
    } catch (error) {
      const why = error instanceof ClewError ? (error.issues[0]?.message ?? error.message) : String(error);
      throw new ClewError('invalid_request', `A key of the channel ${channel} cannot be used. ${why}`);
    }
  }
}

/** Tells whose a request is, by the channels of the installation. */
export function createIdentity(options: IdentityOptions): Identity {
  const { secret, clock, store, tenantId, publicUrl } = options;
  const channels = createChannels(options.channels, tenantId);
  for (const { name, keys } of channels.all) checkKeys(name, keys);
  const parts: IdentityParts = {
    channels,
    tenantId,
    state: openState(store, clock),
    tokens: options.tokens,
    visitors: createVisitorTokens(secret, clock),
    payloads: createPayloads(secret),
    verifySigned: createVerifier(options.fetchText),
    signedOut: createSignedOut(store, clock),
    publicUrl,
    clock,
    moveThreads: (from, to) => store.moveThreads(from, to),
    admitSignOut: options.admitSignOut,
  };
  const { identify, signOut } = createDoorkeeper(parts);
  const proofs = createProofs(secret, clock, (key, until, at) => store.revoke(key, until, at));
  return {
    identify,
    origins: createOriginGuard({
      channels,
      publicUrl,
      hosts: options.hosts.map((host) => host.toLowerCase()),
      onRefused: options.onRefused,
    }),
    desk: createDesk({ ...parts, newId: () => clock.id(), proofs, signOut, isPaused: options.isPaused }),
    personsOf: createPersons(channels, tenantId),
    openPayload: async (sealed) => parts.payloads.open(sealed, (await parts.state.read()).serverKeys),
    anyOpen: channels.anyOpen,
  };
}
