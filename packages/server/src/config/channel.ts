import type { ChannelLimits } from './channel-limits.ts';

/** How people and programs of a channel say who they are. */
export type ChannelMode = 'open' | 'anonymous' | 'signed' | 'apiKey';

/** One way in, as `docs/config.md` describes it. */
export interface ChannelConfig {
  readonly modes: readonly ChannelMode[];
  /** Origins of pages, `https://www.example.com`, or `*` for all of them. */
  readonly origins: readonly string[];
  /** Names of the agents that can be reached; null: all that are not hidden. */
  readonly agents: readonly string[] | null;
  /** What clients name the channel by, beside its name (`orchestrationID` of a page). */
  readonly id: string | null;
  /** Public keys of signers, PEM. */
  readonly keys: readonly string[];
  /** Address of a set of public keys (JWKS). */
  readonly jwks: string | null;
  /** The `aud` that signed tokens must have; null: any or none. */
  readonly audience: string | null;
  /** By how many seconds the clocks of signers may differ. Default 60. */
  readonly clockSkewSeconds: number;
  /** How long a visitor's token is valid. Default 3,600 s. */
  readonly visitorSeconds: number;
  /** How long a visitor is known again who comes back with an old token. Default 30 days. */
  readonly visitorDays: number;
  /** What computing time visitors spend before they get a token, in thousands of rounds of hashing for one try of 256; null: none. */
  readonly proofOfWork: { readonly difficulty: number } | null;
  /** How much may come in. */
  readonly limits: ChannelLimits;
}
