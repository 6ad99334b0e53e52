import type { IncomingHttpHeaders } from 'node:http';
import { ClewError } from '../../model/index.ts';
import { isLoopback } from '../listen.ts';
import type { Channel, Channels } from './channel.ts';

/** Headers of a reply that say which page may read it. */
export type CorsHeaders = Readonly<Record<string, string>>;

/** Decides which pages may use the server, before anybody asks who their user is. */
export interface OriginGuard {
  /** For a preflight, which tells no more than its origin. Empty: no page of it may. */
  preflight(headers: IncomingHttpHeaders): CorsHeaders;
  /** For a request. Throws `host_not_allowed` or `origin_not_allowed`. */
  check(headers: IncomingHttpHeaders): CorsHeaders;
}

export interface OriginOptions {
  readonly channels: Channels;
  /** Names of the server beside those of this machine, in lower case, without ports. */
  readonly hosts: readonly string[];
  /** Where clients reach the server; empty while that is not known. */
  readonly publicUrl: () => string;
  /** Told of each origin that is refused, once. */
  readonly onRefused: (origin: string) => void;
}

/** Header in which pages name their channel (`orchestrationID`). */
export const CHANNEL_HEADER = 'x-ibm-wo-orchestrate-id';

/** Every page may: for wires that are served without channels. */
export const ANY_ORIGIN: OriginGuard = (() => {
  const any = { 'Access-Control-Allow-Origin': '*' };
  return { preflight: () => any, check: () => any };
})();

/** Origins that are remembered as refused. */
const REMEMBERED = 100;

const LOCAL: CorsHeaders = { 'Access-Control-Allow-Origin': '*' };
/** No page may read the answer. */
const NO_PAGE: CorsHeaders = { Vary: 'Origin' };

export function createOriginGuard(options: OriginOptions): OriginGuard {
  const { channels, hosts, publicUrl, onRefused } = options;
  const refused = new Set<string>();
  const seen = new Map<string, CorsHeaders>();

  const verdict = (origin: string, host: string | undefined): CorsHeaders | undefined => {
    if (isOwn(origin, host, publicUrl())) return echo(origin);
    const known = seen.get(origin);
    if (known) return known;
    const found = channels.all.find((channel) => admits(channel, origin));
    if (!found) return undefined;
    // Recorded pages of the original API are answered so; there are no cookies that it could give away.
    const headers = found.modes.includes('open') && isLocalOrigin(origin) ? LOCAL : echo(origin);
    if (seen.size < REMEMBERED) seen.set(origin, headers);
    return headers;
  };

  const refuse = (origin: string): ClewError => {
    if (!refused.has(origin) && refused.size < REMEMBERED) {
      refused.add(origin);
      onRefused(origin.slice(0, 200));
    }
    if (origin === 'null')
      return new ClewError(
        'origin_not_allowed',
        'This page has no origin: it is a file, or a frame that hides it. Take the snippet that "clew embed" prints, whose orchestrationID is that of this server, or open the page from a web server.',
      );
    const shown = origin.slice(0, 200);
    return new ClewError(
      'origin_not_allowed',
      `Pages of ${shown} may not use this server. Add it to \`origins\` of a channel in clew.config.yaml.`,
    );
  };

  return {
    preflight({ origin, host }) {
      if (origin === undefined) return channels.anyOpen ? LOCAL : NO_PAGE;
      if (origin === 'null' && channels.anyOpen) return echo(origin);
      return verdict(origin, host) ?? NO_PAGE;
    },
    check(headers) {
      const { origin, host } = headers;
      if (channels.anyOpen && !knownHost(host, hosts, publicUrl())) {
        const shown = host?.slice(0, 100) ?? '';
        throw new ClewError(
          'host_not_allowed',
          `This server does not answer as ${shown}. Add the name to \`server.hosts\`, or set \`server.publicUrl\`.`,
        );
      }
      if (origin === undefined) return channels.anyOpen ? LOCAL : NO_PAGE;
      const found = verdict(origin, host);
      if (found) return found;
      if (origin === 'null' && channels.anyOpen && headers[CHANNEL_HEADER] === channels.tenantId) return echo(origin);
      throw refuse(origin);
    },
  };
}

/** Whether pages of the origin may use the channel. Pages of the server itself always may. */
export function admits({ modes, origins }: Pick<Channel, 'modes' | 'origins'>, origin: string): boolean {
  if (origins.includes(origin)) return true;
  if (modes.includes('open')) return isLocalOrigin(origin);
  return origins.includes('*');
}

/** Whether the page comes from the server that it asks. */
export function isOwn(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)) return true;
  return publicUrl !== '' && URL.canParse(publicUrl) && new URL(publicUrl).origin === origin;
}

/** Whether the page comes from this machine. */
function isLocalOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname, origin: whole } = new URL(origin);
  return /^https?:$/.test(protocol) && whole === origin && isLocalName(hostname);
}

function isLocalName(hostname: string): boolean {
  return isLoopback(hostname) || hostname.endsWith('.localhost');
}

/**
 * A page can lead its own name to this machine (DNS rebinding) and is then of the same origin as the server: only the name it asks for gives it away. An
 * address cannot be led anywhere.
 */
function knownHost(host: string | undefined, hosts: readonly string[], publicUrl: string): boolean {
  if (host === undefined) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  if (isLocalName(hostname) || /^\[.*\]$|^\d+(\.\d+){3}$/.test(hostname)) return true;
  if (hosts.includes(hostname)) return true;
  return publicUrl !== '' && new URL(publicUrl).hostname === hostname;
}

function echo(origin: string): CorsHeaders {
  return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
}
