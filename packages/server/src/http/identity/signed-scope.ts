import type { JWTPayload } from 'jose';
import { ClewError, type JsonObject, type Scope } from '../../model/index.ts';
import type { Channel } from './channel.ts';
import type { Payloads } from './payload.ts';
import type { IdentityState } from './state.ts';

/** What the person of a signed token is, by its claims. `idOf` makes ids of them. Rejects with `unauthorized` without a `sub` that can be one. */
export async function signedScope(
  { channel, claims, state }: { channel: Channel; claims: JWTPayload; state: IdentityState },
  { tenantId, payloads, idOf }: { tenantId: string; payloads: Payloads; idOf: (sub: string) => string },
): Promise<Scope> {
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
    userId: idOf(subject),
    userName: said ?? usable(opened?.name) ?? usable(claims.email) ?? subject,
    audience: 'user',
    agents: channel.agents ?? 'listed',
    channel: channel.name,
    ...(isObject(context) ? { context } : {}),
    ...(sealedPayload === undefined ? {} : { sealedPayload }),
  };
}

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
