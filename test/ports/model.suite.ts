import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Store, WEBHOOK_EVENTS } from '../../packages/server/src/ports/index.ts';
import { expectTruth, settle } from './model/invariants.ts';
import { OFTEN, OPERATIONS } from './model/operations.ts';
import { createWorld, isRefusal, type World } from './model/world.ts';
import { T0 } from './store/kit.ts';

/** An adapter under test. */
export interface NodesUnderTest {
  readonly name: string;
  /** Stores of as many nodes as the adapter allows, on one database with nothing in it. */
  open(): Promise<NodesOnTest>;
}

export interface NodesOnTest {
  readonly stores: readonly Store[];
  /** Rows of tables that belong to nothing that is there, and other things that should not be, as `what: how many`. */
  strays(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Who do something at the same time, each one thing after the other. */
const HANDS = 6;
/** `MODEL_MS=600000` looks for as long as that. Default 12 s. */
const LIMIT_MS = Number(process.env.MODEL_MS ?? 12_000);
/** `MODEL_SEED=…` draws the same lots again. What comes of them depends on the database's time as well. */
const SEED = Number(process.env.MODEL_SEED ?? Date.now() % 1_000_000);
/** What comes after the time is up is drawn, and not played. */
const MOST_WORLDS = 100 + LIMIT_MS / 20;

const lot = fc.nat(999_999);
const step = fc.record({
  hand: fc.nat(HANDS - 1),
  name: fc.constantFrom(...OFTEN),
  lots: fc.record({ node: lot, a: lot, b: lot, c: lot }),
});
const steps = fc.array(step, { minLength: 40, maxLength: 160, size: 'max' });

let time = T0;

/** Nodes do at random what nodes do, all at once; then what the port promises holds. */
export function modelSuite({ name, open }: NodesUnderTest): void {
  describe(`Nodes on ${name}`, () => {
    it(
      `lose, double and mix up nothing, whatever they do at once (MODEL_SEED=${SEED})`,
      async () => {
        const end = Date.now() + LIMIT_MS;
        const play = async (drawn: readonly Step[]) => {
          if (Date.now() > end) return;
          const { stores, strays, close } = await open();
          try {
            const world = createWorld(stores, () => (time += 1));
            await world.stores[0]?.subscribe(WEBHOOK_EVENTS);
            await Promise.all(Array.from({ length: HANDS }, (_, hand) => work(world, drawn, hand)));
            await settle(world);
            await expectTruth(world);
            const left = await strays();
            if (left.length > 0) throw new Error(`Left over: ${left}`);
          } finally {
            time += 10_000_000;
            await close();
          }
        };
        await fc.assert(fc.asyncProperty(steps, play), {
          seed: SEED,
          numRuns: MOST_WORLDS,
          // The order in which things happen is not drawn: less of the same may be right for another reason.
          endOnFailure: true,
        });
      },
      LIMIT_MS + 60_000,
    );
  });
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function work(world: World, drawn: readonly Step[], own: number): Promise<void> {
  for (const { hand, name, lots } of drawn) {
    if (hand !== own) continue;
    try {
      await OPERATIONS[name](world, lots);
    } catch (error) {
      if (!isRefusal(error)) throw new Error(`${name}: ${error}`, { cause: error });
    }
  }
}
