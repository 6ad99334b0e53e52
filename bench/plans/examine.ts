import type { Database } from '../../packages/server/src/storage/postgres/database.ts';
import { createStore } from '../../packages/server/src/storage/postgres/store.ts';
import { explaining, type Plan } from './explaining.ts';
import { type Filled, fill } from './fill.ts';
import { questions } from './questions.ts';

/** How one question was answered. */
export interface Answered {
  readonly asked: string;
  /** Milliseconds for all of it, when it was asked for the second time, without explanations. */
  readonly ms: number;
  readonly plans: readonly Plan[];
}

/** What came out. */
export interface Examined {
  readonly filled: Filled;
  readonly answers: readonly Answered[];
  /** Plans that read a table from end to end which grows with what people say. */
  readonly offences: readonly { readonly asked: string; readonly plan: Plan; readonly table: string }[];
}

/** Tables that grow with what people say. `events_rest` is empty; threads are looked through in pieces, in the order of their making. */
const GROWING = /^(events(_\d+)?|archives|runs|messages|sent)$/;

/** Fills an empty database, asks everything of it and looks how it is answered. */
export async function examine(database: Database, events: number, tell: (line: string) => void): Promise<Examined> {
  const filled = await fill(database, events, (done) => tell(`${done.toLocaleString('en-US')} events`));
  const explained = explaining(database);
  const store = createStore(explained.database);
  const answers: Answered[] = [];
  for (const [asked, ask] of Object.entries(questions(store, filled))) {
    explained.asks(asked);
    await ask();
    const begun = performance.now();
    await ask().catch(() => {}); // What is deleted is not there a second time.
    answers.push({
      asked,
      ms: performance.now() - begun,
      plans: explained.plans.filter((plan) => plan.asked === asked),
    });
  }
  const offences = explained.plans.flatMap((plan) =>
    plan.scanned.filter((table) => GROWING.test(table)).map((table) => ({ asked: plan.asked, plan, table })),
  );
  return { filled, answers, offences };
}
