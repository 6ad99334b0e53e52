import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createAddressOf } from '../../src/http/index.ts';

/** The address that counts for a request from `remote` that says this in `X-Forwarded-For`. */
function addressOf(remote: string, forwarded?: string, trustedProxies: readonly string[] = []): string | undefined {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const socket = { remoteAddress: remote } as IncomingMessage['socket'];
  return createAddressOf({ trustedProxies })({ headers, socket });
}

describe('the address that limits count', () => {
  test('is that of the connection, and nothing that a client claims', () => {
    expect(addressOf('198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf('::ffff:198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf('198.51.100.7', '203.0.113.9')).toBe('198.51.100.7');
    expect(addressOf('')).toBeUndefined();
  });

  test('is the last one that a trusted proxy was not asked by', () => {
    const proxies = ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'];
    expect(addressOf('127.0.0.1', '203.0.113.9', proxies)).toBe('203.0.113.9');
    expect(addressOf('127.0.0.1', '203.0.113.9, 10.1.2.3', proxies)).toBe('203.0.113.9');
    expect(addressOf('fd00::1', '203.0.113.9', proxies)).toBe('203.0.113.9');
    // What stands further in front was written by whoever asked.
    expect(addressOf('127.0.0.1', '1.1.1.1, 203.0.113.9, 10.1.2.3', proxies)).toBe('203.0.113.9');
    expect(addressOf('127.0.0.1', undefined, proxies)).toBe('127.0.0.1');
    expect(addressOf('127.0.0.1', 'nonsense', proxies)).toBe('127.0.0.1');
    expect(addressOf('127.0.0.1', '10.0.0.1, 10.0.0.2', proxies)).toBe('10.0.0.1');
  });

  test('is read with ports, brackets and zones', () => {
    const proxies = ['127.0.0.1'];
    expect(addressOf('127.0.0.1', '203.0.113.9:4711', proxies)).toBe('203.0.113.9');
    expect(addressOf('127.0.0.1', '[2001:db8::1]:4711', proxies)).toBe('2001:db8:0:0::/64');
    expect(addressOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  });

  test('is the network of 64 bits for IPv6, however it is written', () => {
    for (const one of ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2:3:4:192.0.2.1']) {
      expect(addressOf(one)).toBe('2001:db8:1:2::/64');
    }
    expect(addressOf('::1')).toBe('0:0:0:0::/64');
    expect(addressOf('2001:db8::')).toBe('2001:db8:0:0::/64');
    expect(addressOf('2001:db8::4:3:2:1:9')).toBe('2001:db8:0:4::/64');
  });

  test('of a proxy that nobody trusts is told once', () => {
    const told: string[] = [];
    const read = createAddressOf({ trustedProxies: ['10.0.0.1'], onUntrusted: (address) => told.push(address) });
    const socket = { remoteAddress: '192.0.2.1' } as IncomingMessage['socket'];
    for (let n = 0; n < 3; n++) read({ headers: { 'x-forwarded-for': '203.0.113.9' }, socket });
    expect(told).toEqual(['192.0.2.1']);
  });
});
