import { describe, expect, it } from 'vitest';
import type { JsonObject, RunEvent } from '../../../src/model/index.ts';
import type { ApprovalPolicy, Tool } from '../../../src/ports/index.ts';
import { expiryOf } from '../../../src/runtimes/tools/approval.ts';
import { anna, engines, lines } from '../../engine/kit.ts';
import { caller, lastMessage, lastText, outputs, said, toolOf, words } from './kit.ts';

const engineWith = engines();
const input = { order: 'A1', amount: 30 };
/** Rounds that look for ended questions come every 100 ms. */
const settings = { waitMs: 400 };

function asking(approval: ApprovalPolicy, calls: JsonObject[] = []): Tool {
  const call = async (given: JsonObject) => {
    calls.push(given);
    return said('paid');
  };
  return toolOf({ permission: 'write_only', approval, call });
}

/** The log until the run has ended. */
async function toTheEnd(made: ReturnType<typeof engineWith>, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const batch of made.engine.tail(anna, runId, 0)) events.push(...batch);
  return events;
}

describe('an approval that nobody gives', () => {
  it('is a refusal once its time is over, and the agent goes on', async () => {
    const calls: JsonObject[] = [];
    const made = engineWith({ clerk: caller([asking({ expiresMs: 1 }, calls), input]) }, { settings });
    const { run } = await made.send('clerk');
    const events = await toTheEnd(made, run.id);
    expect(lines(events).at(-1)).toBe('run.completed');
    const waiting = events.find((event) => event.type === 'run.waiting');
    expect(waiting?.data).toMatchObject({
      expires: { at: expect.any(Number), action: 'resume' },
      calls: [{ name: 'refund', title: 'Refund an order', input }],
    });
    expect(events.find(({ type }) => type === 'run.resumed')?.data).toMatchObject({ answer: { expired: true } });
    expect(outputs(events)[0]?._meta).toMatchObject({
      'clew/approval': { decision: 'expired' },
      'clew/error': { code: 'tool_refused' },
    });
    expect(lastText(events)).toMatch(/Nobody approved this call in time/);
    expect(lastMessage(events).parentId).toBe(waiting?.data.messageId);
    expect(calls).toEqual([]);
  });

  it('fails the run where the policy says so', async () => {
    const made = engineWith({ clerk: caller([asking({ expiresMs: 1, onExpiry: 'fail' }), input]) }, { settings });
    const { run } = await made.send('clerk');
    expect(lines(await toTheEnd(made, run.id)).at(-1)).toBe('run.failed answer_timeout');
  });

  it('ends after a restart as well', async () => {
    const calls: JsonObject[] = [];
    const agents = { clerk: caller([asking({ expiresMs: 60_000 }, calls), input]) };
    const first = engineWith(agents);
    const { run } = await first.send('clerk');
    await first.log(run.id);
    await first.crash();
    const clock = { now: () => Date.now() + 120_000, id: () => crypto.randomUUID() };
    const second = engineWith(agents, { folder: first.folder, clock });
    expect(lines(await toTheEnd(second, run.id)).at(-1)).toBe('run.completed');
    const late = second.engine.answerRun(anna, run.id, { parts: words('yes') });
    await expect(late).rejects.toMatchObject({ code: 'run_not_waiting' });
    expect(calls).toEqual([]);
  });

  it('waits longer than other questions where its policy says so', async () => {
    const made = engineWith({ clerk: caller([asking({ expiresMs: 600_000 }), input]) }, { settings: { waitMs: 1 } });
    const { run } = await made.send('clerk');
    const asked = await made.log(run.id);
    expect(lastText(asked)).toMatch(/Without an answer within 10 minutes it is rejected\.$/);
    const failed = { type: 'run.failed', at: Date.now() + 1_000, data: { error: { code: 'c', message: '' } } } as const;
    expect(await made.store.expireWaits(Date.now() + 1_000, failed)).toEqual([]);
  });
});

it('the tool goes before the agent, the agent before the setting, and the strictest of several calls counts', () => {
  const agent = { spec: { approvals: { expires_seconds: 10, on_expiry: 'fail' } } };
  const none = { spec: {} };
  const call = async () => said('done');
  const withDefault = toolOf({ call, approvalDefault: { expiresMs: 60_000, onExpiry: 'reject' } });
  expect(expiryOf([toolOf({ call })], none)).toBeUndefined();
  expect(expiryOf([withDefault], none)).toEqual({ afterMs: 60_000, action: 'resume' });
  expect(expiryOf([withDefault], agent)).toEqual({ afterMs: 10_000, action: 'fail' });
  expect(expiryOf([{ ...withDefault, approval: { expiresMs: 0 } }], agent)).toBeUndefined();
  const quick = { ...withDefault, approval: { expiresMs: 5, onExpiry: 'reject' } } as const;
  expect(expiryOf([withDefault, quick], agent)).toEqual({ afterMs: 5, action: 'resume' });
});
