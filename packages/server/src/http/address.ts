import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Where a request came from, as limits count it; undefined when nobody can tell. */
export type AddressOf = (incoming: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined;

export interface AddressOptions {
  /** Addresses and networks (`10.0.0.0/8`) of proxies that say in `X-Forwarded-For` whom they speak for. Empty: nobody's word counts. */
  readonly trustedProxies: readonly string[];
  /** Told once that an address says so without being one of them. Default: nobody is. */
  readonly onUntrusted?: (address: string) => void;
}

/**
 * Each proxy adds the address that it was asked from at the end of `X-Forwarded-For`. What stands before the last address that is no trusted proxy's was written by
 * whoever asked, and means nothing.
 */
export function createAddressOf({ trustedProxies, onUntrusted }: AddressOptions): AddressOf {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  let told = false;

  return ({ headers, socket }) => {
    let address = plain(socket.remoteAddress ?? '');
    if (address === undefined) return undefined;
    const said = headers['x-forwarded-for'];
    if (said === undefined) return counted(address);
    if (!told && !isTrusted(address)) {
      told = true;
      onUntrusted?.(address);
    }
    const hops = String(said).split(',');
    while (isTrusted(address)) {
      const before: string | undefined = plain(hops.pop() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return counted(address);
  };
}

/** An address without port, brackets, zone, and without IPv6 around an IPv4 address; undefined for anything else. */
function plain(written: string): string | undefined {
  const text = written
    .trim()
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  const address = text.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? undefined : address;
}

/** Whoever has one address of IPv6 has the 2⁶⁴ beside it, too. */
function counted(address: string): string {
  if (isIP(address) === 4) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups; none of them is among the first four.
  const groups = after.length + (address.includes('.') ? 1 : 0) + before.length;
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups)).fill('0');
  const first = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}
