import { expect } from 'vitest';
import type { JsonObject, Part, RunEvent } from '../../../src/model/index.ts';
import { anna, type engines, lines } from '../../engine/kit.ts';
import { type Calls, caller, lastMessage, outputs, said, toolOf } from './kit.ts';

/** Tools that note their calls, the first of which asks. */
export function shop() {
  const made: JsonObject[] = [];
  const call = async (input: JsonObject) => {
    made.push(input);
    return said(`paid ${input.amount}`);
  };
  const refund = toolOf({ permission: 'write_only', call });
  const look = toolOf({ name: 'look', displayName: 'Look', call });
  return { made, refund, look };
}

/** What the agent wants to refund. */
export const input = { order: 'A1', amount: 30 };

/** Who decided what, as the log has it. */
export function approvalIn(events: readonly RunEvent[]): unknown {
  const meta = outputs(events)[0]?._meta as JsonObject | undefined;
  return meta?.['clew/approval'];
}

/** Makes an engine whose agent makes `calls`, with the question that it asked. */
export const askedBy =
  (engineWith: ReturnType<typeof engines>) =>
  async (...calls: Calls) => {
    const made = engineWith({ clerk: caller(...calls) });
    const { run } = await made.send('clerk');
    const events = await made.log(run.id);
    expect(lines(events).at(-1)).toBe('run.waiting');
    return {
      ...made,
      run,
      question: lastMessage(events).parts,
      /** Answers, and gives the log of what follows. */
      async answer(parts: Part[]) {
        const { lastSeq } = await made.engine
          .answerRun(anna, run.id, { parts })
          .then(() => made.store.readRun(anna, run.id));
        return made.log(run.id, lastSeq - 1);
      },
    };
  };
