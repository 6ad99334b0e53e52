import { appendFileSync } from 'node:fs';
import { z } from 'clew';

/** The ledger tells how often something was really bought. */
const ledger = process.env.CLEW_TEST_LEDGER ?? '';

/** What all three tools do; they differ in how long a person may take, and what happens then. */
export const buying = {
  input: z.object({ item: z.string() }),
  permission: 'write_only' as const,
  run({ item }: { item: string }, { runId }: { readonly runId: string }) {
    appendFileSync(ledger, `${runId} ${item} 1\n`);
    return { item };
  },
};
