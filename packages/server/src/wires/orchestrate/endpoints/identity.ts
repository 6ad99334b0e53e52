import {
  type ApiKeyReply,
  apiKeyMade,
  apiKeyRequest,
  apiKeys,
  challenge,
  channelStatus,
  keyPair,
  type Security,
  security,
  securityQuery,
  securityRequest,
  visitorRequest,
  visitorToken,
} from '@clew/wire/orchestrate';
import { ERRORS, type JsonObject } from '../../../model/index.ts';
import type { Endpoint, JsonReply, WireRequest } from '../../endpoint.ts';
import { STATUS } from '../errors.ts';
import type { ApiKeyInfo, ChannelSecurity, IdentityDesk } from '../identity.ts';
import { operatorOnly } from '../operator.ts';
import { plainPath } from '../paths.ts';
import { decodeBody, decodeQuery } from '../requests.ts';
import { isoTime } from '../times.ts';

const TAG = 'Sign-in';
const SECURITY_TAG = 'Security';
const PRIVATE = { tag: SECURITY_TAG, access: 'principal' } as const;
const NOT_KEPT = { 'Cache-Control': 'no-store' };

/** Visitors' tokens, keys of signers and API keys. What the widget asks is public; the rest is the operator's. */
export function identityEndpoints(desk: IdentityDesk): Endpoint[] {
  return [...visitorEndpoints(desk), ...securityEndpoints(desk), ...apiKeyEndpoints(desk)];
}

function visitorEndpoints(desk: IdentityDesk): Endpoint[] {
  return [
    {
      ...plainPath('/auth/visitor'),
      method: 'POST',
      tag: TAG,
      access: 'public',
      summary: 'Get a token as an anonymous visitor, or a new one for the visitor whose old token the request bears',
      schemas: { body: visitorRequest, reply: visitorToken },
      async handle(request) {
        const { altcha } = decodeBody(visitorRequest, request.body ?? {});
        const visit = await desk.visit(request, altcha ?? undefined);
        if ('challenge' in visit) return proofRequired(visit);
        const { token, expiresInSeconds, visitorId } = visit;
        return {
          status: 200,
          headers: NOT_KEPT,
          body: { access_token: token, token_type: 'bearer', expires_in: expiresInSeconds, visitor_id: visitorId },
        };
      },
    },
    {
      ...plainPath('/auth/challenge'),
      method: 'GET',
      tag: TAG,
      access: 'public',
      summary: 'Get a challenge, where visitors show a proof of work; asking for a token without one gives one, too',
      schemas: { reply: challenge },
      async handle(request) {
        return { status: 200, headers: NOT_KEPT, body: await desk.challenge(request) };
      },
    },
    {
      ...plainPath('/auth/logout'),
      method: 'POST',
      tag: TAG,
      access: 'public',
      summary:
        'Sign out: the token of the request, and the visitor of the header x-clew-visitor, are good for nothing from now on',
      schemas: { status: 204 },
      async handle(request) {
        await desk.signOut(request);
        return { status: 204 };
      },
    },
    {
      ...plainPath('/auth/channel'),
      method: 'GET',
      tag: TAG,
      access: 'public',
      summary: 'Whether the channel of the request can be used, and how one signs in there',
      schemas: { reply: channelStatus },
      async handle(request) {
        const { channel, modes, paused, proofOfWork, problem } = await desk.status(request);
        return {
          status: 200,
          body: {
            channel,
            modes,
            paused,
            proof_of_work: proofOfWork,
            ready: problem === null,
            code: problem?.code ?? null,
            detail: problem?.message ?? null,
          },
        };
      },
    },
  ];
}

/** A challenge comes with the refusal: whoever solves it needs no other request. */
function proofRequired({ challenge, refusal }: { challenge: JsonObject; refusal: string }): JsonReply {
  const detail =
    refusal === '' ? ERRORS.proof_required : `${refusal} Solve the new challenge and send the request again.`;
  return { status: STATUS.proof_required, headers: NOT_KEPT, body: { detail, code: 'proof_required', challenge } };
}

function securityEndpoints(desk: IdentityDesk): Endpoint[] {
  const both = (path: string) => {
    const ours = plainPath(`/private/embed${path}`);
    const hosted = plainPath(`/embed/secure${path}`);
    return { path: ours.path, aliases: [...ours.aliases, hosted.path, ...hosted.aliases] };
  };
  const named = ({ query }: WireRequest) => decodeQuery(securityQuery, query).channel;

  return [
    {
      ...PRIVATE,
      ...both('/config'),
      method: 'GET',
      summary: 'Read the keys of a channel, and whether it is for signed users only',
      schemas: { query: securityQuery, reply: security },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: encodeSecurity(await desk.security(request, named(request))) };
      },
    },
    {
      ...PRIVATE,
      ...both('/config'),
      method: 'POST',
      summary: 'Register public keys of signers for a channel, and switch its security on or off',
      schemas: { query: securityQuery, body: securityRequest, reply: security },
      async handle(request) {
        operatorOnly(request);
        const body = decodeBody(securityRequest, request.body);
        const one = body.client_public_key;
        const keys = body.client_public_keys ?? (one === undefined || one === null ? undefined : [one].filter(Boolean));
        const changed = await desk.setSecurity(request, {
          channel: named(request),
          ...(keys ? { clientKeys: keys } : {}),
          ...(typeof body.is_security_enabled === 'boolean' ? { enabled: body.is_security_enabled } : {}),
        });
        return { status: 200, body: encodeSecurity(changed) };
      },
    },
    {
      ...PRIVATE,
      ...both('/generate-key-pair'),
      method: 'POST',
      summary:
        'Make a key pair of the server, with whose public half signers encrypt `user_payload`; that of before is good until the next',
      schemas: { reply: keyPair },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: { public_key: await desk.makeServerKey() } };
      },
    },
  ];
}

function apiKeyEndpoints(desk: IdentityDesk): Endpoint[] {
  return [
    {
      ...PRIVATE,
      ...plainPath('/private/keys'),
      method: 'GET',
      summary: 'List API keys, without their secrets',
      schemas: { reply: apiKeys },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: { keys: (await desk.apiKeys()).map(encodeKey) } };
      },
    },
    {
      ...PRIVATE,
      ...plainPath('/private/keys'),
      method: 'POST',
      summary: 'Make an API key for a program; it is shown once',
      schemas: { body: apiKeyRequest, reply: apiKeyMade, status: 201 },
      async handle(request) {
        operatorOnly(request);
        const { role, name, channel = null } = decodeBody(apiKeyRequest, request.body);
        const { key, info } = await desk.makeApiKey({ role, name, channel });
        return { status: 201, headers: NOT_KEPT, body: { ...encodeKey(info), key } };
      },
    },
    {
      ...PRIVATE,
      ...plainPath('/private/keys/{key_id}'),
      method: 'DELETE',
      summary: 'Revoke an API key',
      schemas: { status: 204 },
      async handle(request) {
        operatorOnly(request);
        await desk.revokeApiKey(request.params.key_id ?? '');
        return { status: 204 };
      },
    },
  ];
}

function encodeSecurity({ channel, serverKey, clientKeys, enabled }: ChannelSecurity): Security {
  return {
    channel,
    public_key: serverKey,
    client_public_key: clientKeys[0]?.pem ?? null,
    client_public_keys: clientKeys.map(({ kid, alg, pem, addedAt }) => ({
      kid,
      alg,
      public_key: pem,
      added_on: isoTime(addedAt),
    })),
    is_security_enabled: enabled,
  };
}

function encodeKey({ createdAt, ...info }: ApiKeyInfo): ApiKeyReply {
  return { ...info, created_on: isoTime(createdAt) };
}
