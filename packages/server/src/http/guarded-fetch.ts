import { lookup as resolve } from 'node:dns';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ClewError } from '../model/index.ts';

export interface GuardedFetchOptions {
  /** Whom to ask: `host` for any port of it, or `host:port`; an IPv6 address with a port in brackets. Empty: nobody. */
  readonly hosts: readonly string[];
  /** For the whole exchange. Default 5,000 ms. */
  readonly timeoutMs?: number;
  /** Largest answer. Default 1,048,576. */
  readonly maxBytes?: number;
  /** How names become addresses. Default: as the system does it. */
  readonly lookup?: typeof resolve;
}

/** Addresses that are not the public Internet's, with what IPv6 wraps around them (RFC 6890). */
const INSIDE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv6');

/** Whether an address is of this machine or its networks. */
export function isInside(address: string): boolean {
  return INSIDE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Reads text from addresses that clients name. Only from the hosts that are listed; a listed name that leads into a private network is refused all the
 * same, unless the entry is that address itself or `localhost`. Redirects are not followed. Rejects with `invalid_request` and a sentence that tells no more
 * than that it could not be read.
 */
export function createGuardedFetch(options: GuardedFetchOptions): (url: string) => Promise<string> {
  const { timeoutMs = 5_000, maxBytes = 1_048_576, lookup = resolve } = options;
  const hosts = new Set(options.hosts.map((host) => (isIP(host) === 6 ? `[${host}]` : host).toLowerCase()));
  return async (url) => {
    const target = new URL(url);
    const { protocol, hostname, username, password } = target;
    const usual = PORTS[protocol];
    const listed = hosts.has(hostname) || hosts.has(`${hostname}:${target.port || usual}`);
    if (!usual || username || password || !listed)
      throw refusal(target, 'is not on a host that this server may read from');
    const request: RequestOptions = {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json' },
      ...guarded(target, lookup),
    };
    try {
      return await readText(await open(target, request), maxBytes);
    } catch (cause) {
      throw refusal(target, 'could not be read', cause);
    }
  };
}

/** What a request to an address is made with: a connection of its own, and for a name that is not `localhost` a look-up that refuses private networks. */
export function guarded(target: URL, lookup: typeof resolve = resolve): Pick<RequestOptions, 'agent' | 'lookup'> {
  const bare = target.hostname.replace(/^\[|\]$/g, '');
  const named = isIP(bare) === 0 && bare !== 'localhost';
  return { agent: false, ...(named ? { lookup: outside(lookup) } : {}) };
}

/** The ports that an address of a protocol leaves out; other protocols are not spoken. */
const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function open(target: URL, request: RequestOptions): Promise<IncomingMessage> {
  return new Promise((done, failed) => {
    // Not imported, for the reason that `http.ts` gives.
    const { get } = process.getBuiltinModule(target.protocol === 'https:' ? 'node:https' : 'node:http');
    get(target, request, done).on('error', failed);
  });
}

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    if (answer.statusCode !== 200) throw new Error(`The answer has status ${answer.statusCode}.`);
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`The answer is larger than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Looks a name up and connects to what was found, so that a name cannot mean one address when it is checked and another when it is used. */
function outside(lookup: typeof resolve): NonNullable<RequestOptions['lookup']> {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const first = found?.[0];
      if (error || !first) return callback(error ?? new Error('The name leads nowhere.'), '', 4);
      if (found.some(({ address }) => isInside(address)))
        return callback(new Error('The name leads into a private network.'), '', 4);
      if (options.all) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };
}

function refusal({ origin, pathname }: URL, what: string, cause?: unknown): ClewError {
  const address = `${origin}${pathname}`.slice(0, 200);
  return new ClewError('invalid_request', `${address} ${what}.`, { cause });
}
