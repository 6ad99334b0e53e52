import { expect, onTestFinished } from 'vitest';
import { pause } from '../kit/until.ts';
import { expectWhole, TASKS } from './outcome.ts';
import { converse, type Frame, type Patience } from './patient-client.ts';

/** Conversations that begin all the time, each of one message, until somebody stops them, or the test is over. */
export interface Traffic {
  /** How many have begun. */
  readonly begun: number;
  /** How many were read to their end. */
  readonly ended: number;
  /** Why messages had to be sent again, one entry each time. */
  readonly again: readonly string[];
  /** Begins no more, waits until all have ended, and holds that each reader got the whole log of its run. */
  stop(): Promise<void>;
}

export interface TrafficOptions extends Patience {
  /** One begins so often. Default 100 ms. */
  readonly everyMs?: number;
  /** None begins while so many are under way. Default: any number. */
  readonly most?: number;
}

export function startTraffic(
  url: string,
  { everyMs = 100, most = Number.POSITIVE_INFINITY, ...patience }: TrafficOptions = {},
): Traffic {
  const answers: string[] = [];
  const reading: Promise<Frame[]>[] = [];
  const again: string[] = [];
  let ended = 0;
  let over = false;
  onTestFinished(() => {
    over = true;
  });
  const beginning = (async () => {
    while (!over) {
      const n = reading.length;
      const { agent, text, answer } = TASKS[n % TASKS.length] as (typeof TASKS)[number];
      answers.push(answer(text(n)));
      const onAgain = (why: string) => void again.push(why);
      const one = converse(url, { agent, text: text(n) }, { ...patience, onAgain });
      one.then(
        () => {
          ended += 1;
        },
        () => {},
      );
      reading.push(one);
      do await pause(everyMs);
      while (!over && reading.length - ended >= most);
    }
  })();
  return {
    get begun() {
      return reading.length;
    },
    get ended() {
      return ended;
    },
    again,
    async stop() {
      over = true;
      await beginning;
      const all = await Promise.all(reading);
      expect(all.length).toBe(answers.length);
      for (const [n, frames] of all.entries()) await expectWhole(url, frames, answers[n] ?? '');
    },
  };
}
