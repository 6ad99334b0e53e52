import { expect, test } from 'vitest';
import { createOpenRequests } from '../../src/http/index.ts';
import type { Scope } from '../../src/model/index.ts';

const visitor = (userId: string, address = '192.0.2.1'): Scope => ({
  tenantId: 't',
  userId,
  userName: 'visitor',
  audience: 'visitor',
  channel: 'shop',
  address,
});
const refused = expect.objectContaining({ code: 'rate_limited', retryAfterSeconds: 5 });

test('requests at once have a ceiling for a visitor, an address and a channel, and a refused one takes nothing', () => {
  const open = createOpenRequests(() => ({ visitor: 2, user: null, address: 3, channel: 4 }));
  const leave = open.enter(visitor('a'));
  open.enter(visitor('a'));
  for (let n = 0; n < 10; n++) expect(() => open.enter(visitor('a'))).toThrow(refused);
  open.enter(visitor('b'));
  expect(() => open.enter(visitor('b'))).toThrow(refused);
  open.enter(visitor('c', '192.0.2.2'));
  expect(() => open.enter(visitor('d', '192.0.2.3'))).toThrow(refused);
  leave();
  open.enter(visitor('d', '192.0.2.3'));
  expect(() => open.enter({ ...visitor('u'), audience: 'user' })).toThrow(refused);
});

test('requests that no limits hold for are not counted', () => {
  const open = createOpenRequests((channel) =>
    channel === 'shop' ? { visitor: 0, user: null, address: null, channel: null } : undefined,
  );
  expect(() => open.enter(visitor('a'))).toThrow(refused);
  const { channel: _, ...operator } = visitor('o');
  for (const scope of [
    operator,
    { ...visitor('a'), channel: 'other' },
    { ...visitor('u'), audience: 'user' as const },
  ]) {
    open.enter(scope)();
  }
});
