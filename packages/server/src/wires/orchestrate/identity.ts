import type { JsonObject } from '../../model/index.ts';

/** What of a request tells which channel it belongs to. */
export interface Asking {
  /** A request header, case-insensitive. */
  header(name: string): string | undefined;
  /** Who asks; only the address is looked at. */
  readonly scope?: { readonly address?: string };
}

/** Whether a channel can be used, and how. */
export interface ChannelStatus {
  readonly channel: string;
  readonly modes: readonly ('open' | 'anonymous' | 'signed' | 'apiKey')[];
  /** Whether nobody but operators can say anything there for now. */
  readonly paused: boolean;
  /** Whether visitors show a proof of work before they get a token. */
  readonly proofOfWork: boolean;
  /** Why nobody can sign in there yet; null when all is set up. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** Keys of a channel, as its operator sees them. */
export interface ChannelSecurity {
  readonly channel: string;
  /** PEM; null until a pair was made. */
  readonly serverKey: string | null;
  /** Registered over the API, the newest first. */
  readonly clientKeys: readonly {
    readonly kid: string;
    readonly alg: string;
    readonly pem: string;
    readonly addedAt: number;
  }[];
  /** Whether the channel takes signed users and nobody else. */
  readonly enabled: boolean;
}

/** An API key without what is secret of it. */
export interface ApiKeyInfo {
  readonly id: string;
  readonly role: 'user' | 'operator';
  readonly name: string;
  readonly channel: string | null;
  readonly createdAt: number;
}

/** Where people and programs get their credentials. http implements it. Absent names of channels mean that of the request. Unknown: `invalid_request`. */
export interface IdentityDesk {
  /**
   * A token for an anonymous visitor: a new one, or the one whose old token the request bears. `token_required` where the channel has none. Where it wants a proof of work
   * and `proof` (base64) is none, a challenge and why: an empty `refusal` when nothing was shown.
   */
  visit(
    asking: Asking,
    proof?: string,
  ): Promise<
    | { readonly token: string; readonly expiresInSeconds: number; readonly visitorId: string }
    | { readonly challenge: JsonObject; readonly refusal: string }
  >;
  /** A challenge of the channel. `invalid_request` where it asks for no proof of work. */
  challenge(asking: Asking): Promise<JsonObject>;
  /** Makes the tokens of the request worthless, on every node within two seconds. `invalid_request` for an API key, `rate_limited` for an address that has ended very many visitors. */
  signOut(asking: Asking): Promise<void>;
  status(asking: Asking): Promise<ChannelStatus>;
  security(asking: Asking, channel: string | undefined): Promise<ChannelSecurity>;
  /** `clientKeys` (PEM) take the place of those that were registered. */
  setSecurity(
    asking: Asking,
    change: {
      readonly channel: string | undefined;
      readonly clientKeys?: readonly string[];
      readonly enabled?: boolean;
    },
  ): Promise<ChannelSecurity>;
  /** A new pair of the server; the one before it can still be encrypted for. Gives back the public half, PEM. */
  makeServerKey(): Promise<string>;
  apiKeys(): Promise<readonly ApiKeyInfo[]>;
  /** `key` is never shown again. */
  makeApiKey(
    about: Pick<ApiKeyInfo, 'role' | 'name' | 'channel'>,
  ): Promise<{ readonly key: string; readonly info: ApiKeyInfo }>;
  /** `key_not_found` when there is none. */
  revokeApiKey(id: string): Promise<void>;
}
