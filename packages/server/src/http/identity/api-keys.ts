import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './state.ts';

/** `clew_<id>_<256 random bits>`: the beginning lets scanners of repositories find it. */
const SHAPE = /^clew_([\da-f]{12})_([\w-]{43})$/;

/** Whether a token looks like an API key. */
export function isApiKey(token: string): boolean {
  return token.startsWith('clew_');
}

/** A new key, and what is kept of it. */
export function makeApiKey(about: Omit<ApiKey, 'id' | 'hash'>): { readonly key: string; readonly kept: ApiKey } {
  const id = randomBytes(6).toString('hex');
  const key = `clew_${id}_${randomBytes(32).toString('base64url')}`;
  return { key, kept: { id, hash: hashOf(key).toString('base64url'), ...about } };
}

/** What is kept of the key; undefined for one that was never made, or that was revoked. */
export function findApiKey(key: string, kept: readonly ApiKey[]): ApiKey | undefined {
  const id = SHAPE.exec(key)?.[1];
  const found = kept.find((one) => one.id === id);
  return found && timingSafeEqual(hashOf(key), Buffer.from(found.hash, 'base64url')) ? found : undefined;
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
