import { RegExpRouter } from 'hono/router/reg-exp-router';
import { SmartRouter } from 'hono/router/smart-router';
import { TrieRouter } from 'hono/router/trie-router';
import type { Endpoint, Wire } from '../wires/endpoint.ts';

/** An endpoint and the wire that words its errors. */
export interface Route {
  readonly wire: Wire;
  readonly endpoint: Endpoint;
}

/** A route with the values of the parameters in its path, decoded. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Routes {
  /** The endpoint for a method and a path without query. HEAD finds what GET finds. */
  match(method: string, path: string): Match | undefined;
  /** The methods under which the path exists, and the wire of the first; empty for an unknown path. */
  methods(path: string): { readonly allowed: readonly string[]; readonly wire: Wire | undefined };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Every path of every wire. When two templates fit a path, the one with a literal where the other has a parameter wins; of two equal
 * ones, that of the earlier wire.
 *
 * Hono's routers are used without its app: the app builds a `Request`, a context and a `Response` for each call, which costs more than
 * all of the rest here. Paths without parameters have a map of their own, since one ambiguous template anywhere moves Hono's router from
 * one regular expression to a slower tree.
 */
export function createRoutes(wires: readonly Wire[]): Routes {
  const literal = new Map<string, Route>();
  const templated = new Set<string>();
  const router = new SmartRouter<Route>({ routers: [new RegExpRouter(), new TrieRouter()] });
  for (const { method, path, route } of templates(wires)) {
    const key = `${method} ${path}`;
    if (!path.includes('{')) {
      if (!literal.has(key)) literal.set(key, route);
    } else {
      templated.add(method);
      router.add(method, path.replace(/\{(\w+)\}/g, ':$1'), route);
    }
  }
  for (const method of templated) router.match(method, '/');

  const find = (method: string, path: string): Match | undefined => {
    const fixed = literal.get(`${method} ${path}`);
    if (fixed) return { route: fixed, params: NO_PARAMS };
    if (!templated.has(method)) return undefined;
    const [handlers, stash] = router.match(method, path);
    const first = handlers[0];
    if (!first) return undefined;
    const [route, names] = first;
    const params: Record<string, string> = {};
    for (const name in names) {
      const value = names[name] as string | number;
      params[name] = decode(typeof value === 'number' ? (stash?.[value] ?? '') : value);
    }
    return { route, params };
  };
  const match = (method: string, path: string): Match | undefined => {
    const found = find(method, path);
    if (found || path.length < 2 || !path.endsWith('/')) return found;
    return find(method, path.slice(0, -1));
  };
  return {
    match(method, path) {
      if (method === 'HEAD') return match('GET', path);
      return (METHODS as readonly string[]).includes(method) ? match(method, path) : undefined;
    },
    methods(path) {
      const hits = METHODS.flatMap((method) => {
        const found = match(method, path);
        return found ? [{ method, wire: found.route.wire }] : [];
      });
      const allowed = hits.map(({ method }) => method as string);
      return { allowed: allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed, wire: hits[0]?.wire };
    },
  };
}

function templates(wires: readonly Wire[]): { method: string; path: string; route: Route }[] {
  const all = wires.flatMap((wire) =>
    wire.endpoints.flatMap((endpoint) =>
      [endpoint.path, ...endpoint.aliases].map((path) => ({
        method: endpoint.method,
        path,
        route: { wire, endpoint },
      })),
    ),
  );
  return all.sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : rank(a.path) > rank(b.path) ? 1 : 0));
}

/** `a` for a literal and `b` for a parameter, segment by segment: sorts literals first. */
function rank(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? 'b' : 'a'))
    .join('');
}

/** A segment that is not well-formed stays as it is: then it is an id that nobody has. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
