/** How people and programs of a channel say who they are. */
export type Mode = 'open' | 'anonymous' | 'signed' | 'apiKey';

/** One way in. */
export interface Channel {
  readonly name: string;
  readonly modes: readonly Mode[];
  /** Origins of pages; `*` is every one. */
  readonly origins: readonly string[];
  /** Names of the agents that can be reached; null: all that are not hidden. */
  readonly agents: readonly string[] | null;
  /** What clients name the channel by, beside its name. */
  readonly id: string | null;
  /** Public keys of signers, PEM. */
  readonly keys: readonly string[];
  /** Address of a set of public keys. */
  readonly jwks: string | null;
  /** The `aud` that signed tokens must have; null: any or none. */
  readonly audience: string | null;
  readonly clockSkewSeconds: number;
  readonly visitorSeconds: number;
  readonly visitorDays: number;
  /** What visitors show before they get a token; null: nothing. */
  readonly proofOfWork: { readonly difficulty: number } | null;
}

/** The channels of an installation. */
export interface Channels {
  readonly all: readonly Channel[];
  /** Id of the installation's tenant: it names the usual channel. */
  readonly tenantId: string;
  /** The one that requests belong to which tell nothing. */
  readonly usual: Channel;
  /** Whether some channel trusts whoever reaches the server. */
  readonly anyOpen: boolean;
  /** The channel that a client names; undefined when it names none, or one of another server. */
  named(id: string | undefined): Channel | undefined;
}

/** Channels by name. The id of the installation's tenant means the usual one. */
export function createChannels(
  configured: Readonly<Record<string, Omit<Channel, 'name'>>>,
  tenantId: string,
): Channels {
  const all = Object.entries(configured).map(([name, channel]): Channel => ({ name, ...channel }));
  const usual = all.find(({ name }) => name === 'default') ?? (all[0] as Channel);
  const byId = new Map<string, Channel>([[tenantId, usual]]);
  for (const channel of all) {
    byId.set(channel.name, channel);
    if (channel.id !== null) byId.set(channel.id, channel);
  }
  return {
    all,
    tenantId,
    usual,
    anyOpen: all.some(({ modes }) => modes.includes('open')),
    named: (id) => (id === undefined ? undefined : byId.get(id)),
  };
}
