import { expect, it } from 'vitest';
import type { NewEvent, Scope } from '../../src/model/index.ts';
import { RecentEvents } from '../../src/storage/recent-events.ts';

const anna: Scope = { tenantId: 't', userId: 'a', userName: 'anna', audience: 'user' };
const delta: NewEvent = { type: 'message.delta', at: 0, data: { messageId: 'm', part: 0, text: 'x' } };

it('hands on the events of a run that has ended, unless they are many', () => {
  const recent = new RecentEvents();
  recent.begin('small', anna);
  recent.add('small', { seq: 0, size: 100 }, [delta]);
  recent.end('small');
  expect(recent.read(anna, 'small', 0)).toEqual([{ ...delta, seq: 1 }]);
  expect(recent.read({ ...anna, userId: 'b' }, 'small', 0)).toBeUndefined();

  recent.begin('large', anna);
  recent.add('large', { seq: 0, size: 1_000_000 }, [delta]);
  expect(recent.read(anna, 'large', 0)).toHaveLength(1);
  recent.end('large');
  expect(recent.read(anna, 'large', 0)).toBeUndefined();
});
