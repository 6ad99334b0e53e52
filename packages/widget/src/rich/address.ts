/** Where something to be shown comes from. */
export interface Place {
  readonly href: string;
  /** What people know the other server by, `maps.example.org`; empty for content that stands in the address itself. */
  readonly host: string;
  /** Loading it asks nobody but the chat's own server, or nobody at all. */
  readonly ours: boolean;
}

export type Medium = 'image' | 'video' | 'audio';

/**
 * The place that `source` names; undefined when that is no address of `http:` or `https:`. Relative addresses are read as the server's, or the
 * page's where `hostUrl` is empty. Given a medium, `data:` of that medium is a place too: it makes no request, and none of the three runs scripts.
 */
export function placeOf(source: unknown, hostUrl: string, medium?: Medium): Place | undefined {
  if (typeof source !== 'string' || source.trim() === '') return undefined;
  try {
    const home = new URL(hostUrl || '/', globalThis.location?.href);
    const url = new URL(source, home);
    if (medium && url.href.startsWith(`data:${medium}/`)) return { href: url.href, host: '', ours: true };
    if (!/^https?:$/.test(url.protocol)) return undefined;
    return { href: url.href, host: url.host, ours: url.origin === home.origin };
  } catch {
    return undefined;
  }
}
