import { createHmac, timingSafeEqual } from 'node:crypto';
import { ClewError } from '../../model/index.ts';
import type { FileLinks } from '../../ports/index.ts';

export interface LinkOptions {
  /** The installation's secret, the same on all its servers. */
  readonly secret: Uint8Array;
  /** Address of the server without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  /** How long an address is good. */
  readonly seconds: number;
}

const ADDRESS = /\/files\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\?(exp=\d{1,12}&sig=[\w-]{43})$/;

/** Addresses `<public url>/files/<id>?exp=<seconds since 1970>&sig=<HMAC>`. What signs them is derived from the secret, so that no token is ever one. */
export function createFileLinks({ secret, publicUrl, seconds }: LinkOptions): FileLinks {
  const key = createHmac('sha256', secret).update('clew files').digest();
  const signature = (id: string, exp: number): Buffer => createHmac('sha256', key).update(`${id}.${exp}`).digest();

  /** When the address ends, in seconds; undefined when it was not made here. */
  const endOf = (id: string, query: URLSearchParams): number | undefined => {
    const exp = Number(query.get('exp') ?? '');
    const sig = Buffer.from(query.get('sig') ?? '', 'base64url');
    if (!Number.isSafeInteger(exp)) return undefined;
    const right = signature(id, exp);
    return sig.length === right.length && timingSafeEqual(sig, right) ? exp : undefined;
  };

  return {
    sign(id, at) {
      const exp = Math.ceil(at / 1000) + seconds;
      return `${publicUrl()}/files/${id}?exp=${exp}&sig=${signature(id, exp).toString('base64url')}`;
    },
    check(id, query, at) {
      const exp = endOf(id, query);
      if (exp === undefined || exp * 1000 < at) throw new ClewError('file_link_invalid');
    },
    idOf(url, at) {
      const [, id, query] = ADDRESS.exec(url) ?? [];
      if (id === undefined || query === undefined) return undefined;
      const exp = endOf(id, new URLSearchParams(query));
      return exp !== undefined && exp * 1000 >= at ? id : undefined;
    },
  };
}
