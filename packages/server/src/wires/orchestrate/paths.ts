import type { Endpoint } from '../endpoint.ts';

/**
 * What clients put before a path, the canonical one first: Developer Edition's widget, the ADK, the hosted embed, and instances with and
 * without a version. The empty one is for `Location: /threads/<id>`, which has no prefix in the trace.
 */
const BASES = ['/api/v1', '/v1', '/mfe_home_archer/api/v1', '/instances/{instance}/v1', '/instances/{instance}', ''];

/** Version 2 of `chat/completions` differs in nothing that this server does. */
const VERSION_2 = ['/api/v2', '/v2', '/instances/{instance}/v2'];

type Paths = Pick<Endpoint, 'path' | 'aliases'>;

/** A path that hosted instances have below `/orchestrate` and Developer Edition has not: `/threads`, `/models`, `/health/alive` … */
export function plainPath(path: string): Paths {
  return spellings(BASES.flatMap((base) => [`${base}${path}`, `${base}/orchestrate${path}`]));
}

/**
 * A path that is below `/orchestrate` everywhere: `/runs`, `/agents` … Without that word it would take the addresses of ACP on a server
 * that speaks both.
 */
export function orchestratePath(path: string, options: { readonly version2?: boolean } = {}): Paths {
  const bases = options.version2 ? [...BASES, ...VERSION_2] : BASES;
  return spellings(bases.map((base) => `${base}/orchestrate${path}`));
}

function spellings([path, ...aliases]: readonly string[]): Paths {
  return { path: path as string, aliases };
}
