import { createHash } from 'node:crypto';
import type { StartCommand } from '../../engine/engine.ts';
import type { WireRequest } from '../endpoint.ts';
import { invalid } from './requests.ts';

const LONGEST = 255;

/**
 * The key under which a request may be sent again without effect: header `Idempotency-Key`, else the client's own message id. Undefined when
 * it sent neither.
 */
export function onceOf(
  request: WireRequest,
  messageId: string | null | undefined,
  asked: unknown,
): StartCommand['once'] {
  const header = request.header('idempotency-key');
  if (header !== undefined && header.length > LONGEST) {
    throw invalid(['header', 'idempotency-key'], `Input should have at most ${LONGEST} characters`, 'string_too_long');
  }
  const key = header || messageId;
  return key ? { key, fingerprint: fingerprint(asked) } : undefined;
}

/** A hash of what was asked for, the same for the same members in any order. */
export function fingerprint(asked: unknown): string {
  return createHash('sha256').update(JSON.stringify(asked, sorted)).digest('base64url');
}

function sorted(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
