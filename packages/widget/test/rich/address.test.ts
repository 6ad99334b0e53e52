import { expect, test } from 'vitest';
import { placeOf } from '../../src/rich/address.ts';

const HOST = 'https://chat.example.org';

test.each([
  ['https://images.example.org:8443/a.png', 'images.example.org:8443', false],
  ['/files/a.png', 'chat.example.org', true],
  ['https://chat.example.org/x', 'chat.example.org', true],
  ['http://chat.example.org/x', 'chat.example.org', false],
  ['https://chat.example.org:444/x', 'chat.example.org:444', false],
  ['https://chat.example.org@evil.example/x', 'evil.example', false],
  ['//evil.example/x', 'evil.example', false],
  ['\\\\evil.example/x', 'evil.example', false],
])('%s is at %s', (source, host, ours) => {
  expect(placeOf(source, HOST)).toMatchObject({ host, ours });
});

test.each([
  'javascript:alert(1)',
  ' \tjava\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://chat.example.org/x',
  'file:///etc/passwd',
  'filesystem:https://x/y',
  'about:blank',
  'https://',
  '',
  ' ',
  undefined,
  null,
  3,
  {},
])('%j is no place', (source) => {
  expect(placeOf(source, HOST)).toBeUndefined();
  expect(placeOf(source, HOST, 'image')).toBeUndefined();
});

test('content in the address itself is a place for its own medium only', () => {
  const pixel = 'data:image/png;base64,AAAA';
  expect(placeOf(pixel, HOST, 'image')).toEqual({ href: pixel, host: '', ours: true });
  expect(placeOf(pixel, HOST, 'video')).toBeUndefined();
  expect(placeOf(pixel, HOST)).toBeUndefined();
});
