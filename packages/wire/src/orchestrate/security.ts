import { z } from 'zod';
import { timestamp } from './primitives.ts';

/** Body of `POST …/auth/visitor`; there may be none. */
export const visitorRequest = z.looseObject({
  altcha: z
    .string()
    .max(8_192)
    .nullish()
    .describe('A solved challenge, where the channel wants one: base64 of JSON `{challenge, solution}`.'),
});

/** A challenge of ALTCHA, version 2, as its libraries solve it. */
export const challenge = z.object({
  parameters: z
    .looseObject({
      algorithm: z.literal('PBKDF2/SHA-256').describe('How a key is derived from the counter.'),
      nonce: z.string().describe('Hexadecimal. With the counter behind it (32 bits, big-endian) it is the password.'),
      salt: z.string().describe('Hexadecimal.'),
      cost: z.number().int().describe('Rounds.'),
      keyLength: z.number().int().describe('Bytes of the key.'),
      keyPrefix: z.string().describe('How the key that is looked for begins, hexadecimal.'),
      expiresAt: z.number().int().describe('Until when it may be shown, in seconds since 1970.'),
    })
    .describe('What to solve. It is sent back as it is.'),
  signature: z.string().describe('Of the server.'),
});

/** Reply of `POST …/auth/visitor` with status 403 and the code `proof_required`. */
export const proofRequired = z.object({
  detail: z.string().describe('What to do, or why the proof was refused.'),
  code: z.literal('proof_required'),
  challenge,
});

/** Reply of `POST …/auth/visitor`. */
export const visitorToken = z.object({
  access_token: z.string().describe('For the header `Authorization: Bearer …`.'),
  token_type: z.literal('bearer').describe('How it is sent.'),
  expires_in: z.number().int().describe('Seconds.'),
  visitor_id: z.string().describe('Id of the visitor, the same after a renewal.'),
});

/** Reply of `GET …/auth/channel`. */
export const channelStatus = z.object({
  channel: z.string().describe('Name of the channel that the request belongs to.'),
  modes: z
    .array(z.enum(['open', 'anonymous', 'signed', 'apiKey']))
    .describe('How people and programs say who they are. With `anonymous` POST …/auth/visitor gives tokens.'),
  paused: z.boolean().describe('Whether nobody can say anything there for now; what was said can be read.'),
  proof_of_work: z.boolean().describe('Whether visitors show a proof of work before they get a token.'),
  ready: z.boolean().describe('False when nobody can use the channel until its operator has done something.'),
  code: z.string().nullable().describe('Why it is not ready, for programs.'),
  detail: z.string().nullable().describe('The same for people, with what to do.'),
});

export const securityQuery = z.object({
  channel: z.string().optional().describe('Name of the channel. Default: that of the request.'),
});

const publicKey = z.string().max(20_000).describe('A public key in PEM: RSA, EC (P-256) or Ed25519.');

/** Body of `POST …/private/embed/config`. */
export const securityRequest = z.looseObject({
  client_public_key: publicKey
    .nullish()
    .describe('The key that takes the place of all that were registered; empty: none.'),
  client_public_keys: z.array(publicKey).nullish().describe('Several keys at once, the newest first: for a rotation.'),
  is_security_enabled: z
    .boolean()
    .nullish()
    .describe('True: signed users only. False: no signature is asked for. Absent: stays as it is.'),
});

/** Reply of `GET` and `POST …/private/embed/config`. */
export const security = z.object({
  channel: z.string().describe('Name of the channel.'),
  public_key: z
    .string()
    .nullable()
    .describe('PEM of the server, to encrypt `user_payload` with; null until it was made.'),
  client_public_key: z.string().nullable().describe('The newest registered key, PEM.'),
  client_public_keys: z
    .array(
      z.object({
        kid: z.string().describe('Id of the key, made from the key itself. A token may name it.'),
        alg: z.string().describe('The one algorithm that tokens signed with it may have.'),
        public_key: z.string().describe('PEM.'),
        added_on: timestamp.describe('When it was registered.'),
      }),
    )
    .describe('All registered keys, the newest first.'),
  is_security_enabled: z.boolean().describe('Whether the channel takes signed users and nobody else.'),
});

/** Reply of `POST …/private/embed/generate-key-pair`. */
export const keyPair = z.object({
  public_key: z.string().describe('PEM of the server, to encrypt `user_payload` with.'),
});

const role = z.enum(['user', 'operator']);

/** Body of `POST …/private/keys`. */
export const apiKeyRequest = z.looseObject({
  role: role.default('user').describe('`operator` sees and does everything.'),
  name: z.string().min(1).max(100).describe('What it is for.'),
  channel: z.string().nullish().describe('The channel that it is for. Default: any that takes keys.'),
});

/** An API key, without what is secret of it. */
export const apiKey = z.object({
  id: z.string().describe('Id of the key.'),
  role: role.describe('What its bearer may do.'),
  name: z.string().describe('What it is for.'),
  channel: z.string().nullable().describe('The channel that it is for; null: any that takes keys.'),
  created_on: timestamp.describe('When it was made.'),
});

export const apiKeys = z.object({ keys: z.array(apiKey).describe('In the order in which they were made.') });

export const apiKeyMade = apiKey.extend({ key: z.string().describe('The key. It is not shown again.') });

/** Reply of `POST …/private/channels/{channel}/pause` and `…/resume`. */
export const channelState = z.object({
  name: z.string().describe('Name in the configuration.'),
  modes: z.array(z.enum(['open', 'anonymous', 'signed', 'apiKey'])).describe('How one says there who one is.'),
  paused: z.boolean().describe('Whether nobody but operators can say anything there for now.'),
});

export const channelStates = z.object({
  channels: z.array(channelState).describe('In the order of the configuration.'),
});

export type ChallengeReply = z.infer<typeof challenge>;
export type ProofRequired = z.infer<typeof proofRequired>;
export type ChannelStateReply = z.infer<typeof channelState>;
export type VisitorTokenReply = z.infer<typeof visitorToken>;
export type ChannelStatusReply = z.infer<typeof channelStatus>;
export type Security = z.infer<typeof security>;
export type SecurityRequest = z.input<typeof securityRequest>;
export type ApiKeyReply = z.infer<typeof apiKey>;
export type ApiKeyMade = z.infer<typeof apiKeyMade>;
