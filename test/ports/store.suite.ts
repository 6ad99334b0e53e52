import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../packages/server/src/ports/index.ts';
import { appendCases } from './store/append.ts';
import { archiveCases } from './store/archive.ts';
import { historyCases } from './store/history.ts';
import { leaseCases } from './store/leases.ts';
import { moveThreadsCases } from './store/move-threads.ts';
import { outboxCases } from './store/outbox.ts';
import { queueCases } from './store/queue.ts';
import { quotaCases } from './store/quotas.ts';
import { retentionCases } from './store/retention.ts';
import { revocationCases } from './store/revocations.ts';
import { scopeCases } from './store/scope.ts';
import { startRunCases } from './store/start-run.ts';
import { threadCases } from './store/threads.ts';
import { turnCases } from './store/turns.ts';
import { waitingCases } from './store/waiting.ts';

/** An adapter under test. `open` gives an empty store each time. */
export interface StoreUnderTest {
  readonly name: string;
  open(): Promise<{ store: Store; close(): Promise<void> }>;
}

/** The contract of `Store`, run on every adapter. */
export function storeSuite({ name, open }: StoreUnderTest): void {
  describe(`Store on ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ store, close } = await open());
    });
    afterEach(() => close());

    const inTest = { store: () => store };
    startRunCases(inTest);
    historyCases(inTest);
    leaseCases(inTest);
    appendCases(inTest);
    waitingCases(inTest);
    scopeCases(inTest);
    threadCases(inTest);
    moveThreadsCases(inTest);
    retentionCases(inTest);
    archiveCases(inTest);
    quotaCases(inTest);
    turnCases(inTest);
    queueCases(inTest);
    outboxCases(inTest);
    revocationCases(inTest);
  });
}
