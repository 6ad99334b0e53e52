import { expect, test } from 'vitest';
import {
  allowsConnection,
  allowsInline,
  allowsScript,
  amend,
  hashSource,
  readPolicies,
  writePolicy,
} from '../../../src/cli/doctor/page/policy.ts';

const PAGE = 'https://www.example.com/help';
const CHAT = 'https://chat.example.com/wxoLoader.js';
const one = (text: string) => readPolicies(text, 'header')[0] ?? new Map();

test.each([
  ["script-src 'self'", false],
  ['script-src *', true],
  ['script-src https:', true],
  ['script-src http:', true],
  ['script-src chat.example.com', true],
  ['script-src http://chat.example.com', true],
  ['script-src chat.example.com:8443', false],
  ['script-src chat.example.com:*', true],
  ['script-src *.example.com', true],
  ['script-src *.chat.example.com', false],
  ['script-src CHAT.EXAMPLE.COM', true],
  ['script-src chat.example.com/wxoLoader.js', true],
  ['script-src chat.example.com/clew/', false],
  ["default-src 'none'", false],
  ["default-src 'none'; script-src https://chat.example.com", true],
  ["script-src 'none'; script-src-elem https://chat.example.com", true],
  ["script-src 'nonce-a' 'strict-dynamic'", true],
  ["script-src https://chat.example.com 'strict-dynamic'", true],
  ['img-src *', true],
  ['upgrade-insecure-requests', true],
])('%s allows a script that the page adds: %s', (policy, allowed) => {
  expect(allowsScript(one(policy), { url: CHAT, added: true }, PAGE)).toBe(allowed);
});

test('a tag is not allowed by strict-dynamic, but by its nonce', () => {
  const policy = one("script-src https://chat.example.com 'strict-dynamic' 'nonce-a'");
  expect(allowsScript(policy, { url: CHAT, added: false }, PAGE)).toBe(false);
  expect(allowsScript(policy, { url: CHAT, added: false, nonce: 'a' }, PAGE)).toBe(true);
});

test.each([
  ["script-src 'unsafe-inline'", undefined, true],
  ["script-src 'unsafe-inline' 'nonce-a'", undefined, false],
  ["script-src 'unsafe-inline' 'nonce-a'", 'a', true],
  [`script-src ${hashSource('x')}`, undefined, true],
  [`script-src ${hashSource('y')}`, undefined, false],
  ["default-src 'self'", undefined, false],
  ["connect-src 'self'", undefined, true],
])('%s allows the script in the page with the nonce %s: %s', (policy, nonce, allowed) => {
  expect(allowsInline(one(policy), { text: 'x', nonce })).toBe(allowed);
});

test('a page on a port of its own is not its neighbour', () => {
  const self = one("connect-src 'self'");
  expect(allowsConnection(self, 'http://127.0.0.1:1/', 'http://127.0.0.1:1/page')).toBe(true);
  expect(allowsConnection(self, 'http://127.0.0.1:2/', 'http://127.0.0.1:1/page')).toBe(false);
});

test('policies stand beside each other with commas, and a <meta> cannot say everything', () => {
  expect(readPolicies("default-src 'self', script-src *; script-src 'none'", 'header').map(writePolicy)).toEqual([
    "default-src 'self'",
    'script-src *',
  ]);
  expect(readPolicies('sandbox; FRAME-ANCESTORS x; img-src *', 'meta').map(writePolicy)).toEqual(['img-src *']);
  expect(readPolicies(' , ;', 'header')).toEqual([]);
});

test('what is added opens nothing else', () => {
  const add = (policy: string, kind: 'script' | 'connect') => writePolicy(amend(one(policy), kind, ['https://a.b']));
  expect(add("default-src 'self'", 'connect')).toBe("default-src 'self'; connect-src 'self' https://a.b");
  expect(add("default-src 'none'", 'script')).toBe("default-src 'none'; script-src https://a.b");
  expect(add("script-src 'self'; script-src-elem x", 'script')).toBe(
    "script-src 'self'; script-src-elem x https://a.b",
  );
  expect(add('img-src *', 'script')).toBe('img-src *');
});
