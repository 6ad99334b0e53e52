import type { Json } from '../../model/index.ts';

/** What of identity is not configuration but changes while the server runs. Kept in one setting of the store. */
export interface IdentityState {
  readonly channels: Readonly<Record<string, ChannelState>>;
  /** Key pairs of the server, the newest first: signers encrypt with the public one. */
  readonly serverKeys: readonly ServerKey[];
  readonly apiKeys: readonly ApiKey[];
}

export interface ChannelState {
  /** Registered public keys, the newest first. */
  readonly keys: readonly { readonly kid: string; readonly pem: string; readonly addedAt: number }[];
  /** Set over the API: true, only signed users; false, no signatures are asked for. Absent: what the file says. */
  readonly securityEnabled?: boolean;
}

export interface ServerKey {
  /** PEM. */
  readonly publicKey: string;
  /** PKCS#8, encrypted under the secret of the installation. */
  readonly sealedPrivateKey: string;
  readonly madeAt: number;
}

export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the key, which has 256 random bits: there is nothing to guess slowly. */
  readonly hash: string;
  readonly role: 'user' | 'operator';
  readonly name: string;
  /** Channel that it is for; null: any. */
  readonly channel: string | null;
  readonly createdAt: number;
}

/** The settings of a store, as far as they are needed here. */
export interface Settings {
  readSetting(key: string): Promise<Json | undefined>;
  changeSetting(key: string, before: Json | undefined, value: Json): Promise<boolean>;
}

export interface StateFile {
  /** The state, at most `MAX_AGE_MS` old: another node may have changed it. */
  read(): Promise<IdentityState>;
  /** Changes it, one change after the other, also where another node changes it at the same moment: `edit` may then be asked again. What it throws is passed on. */
  change(edit: (state: IdentityState) => IdentityState): Promise<IdentityState>;
}

const KEY = 'identity';
const MAX_AGE_MS = 2_000;
const EMPTY: IdentityState = { channels: {}, serverKeys: [], apiKeys: [] };

export function openState(settings: Settings, clock: { now(): number }): StateFile {
  let known: IdentityState | undefined;
  let text = '';
  let readAt = Number.NEGATIVE_INFINITY;
  let changes: Promise<unknown> = Promise.resolve();

  const keep = (value: Json | undefined): IdentityState => {
    const now = JSON.stringify(value ?? null);
    // The same object as long as nothing has changed: what was derived from it stays good.
    if (!known || now !== text) known = { ...EMPTY, ...((value ?? {}) as Partial<IdentityState>) };
    text = now;
    readAt = clock.now();
    return known;
  };
  const fresh = async () => keep(await settings.readSetting(KEY));

  return {
    async read() {
      return known && clock.now() - readAt < MAX_AGE_MS ? known : fresh();
    },
    change(edit) {
      const next = changes.then(async () => {
        for (;;) {
          const before = await settings.readSetting(KEY);
          const value = edit(keep(before)) as unknown as Json;
          if (await settings.changeSetting(KEY, before, value)) return keep(value);
        }
      });
      changes = next.catch(() => undefined);
      return next;
    },
  };
}
