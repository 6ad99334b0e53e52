import { loadavg } from 'node:os';
import { measureKeeping } from '../widget/keeping.ts';
import { measureOpening } from '../widget/opening.ts';
import { startStage } from '../widget/stage.ts';
import { measureStreaming } from '../widget/streaming.ts';
import type { LongestTask } from '../widget/tasks.ts';
import { makeThread, measureThread } from '../widget/thread.ts';

/** Tells what was measured. `budget`: the median must not be larger. */
export type NoteWidget = (measure: string, value: number, budget?: number) => void;

/** What the chat costs a page, in Chromium, on a page of another origin than the server. Each round is new readers in new profiles. */
export async function measureWidget(rounds: number, note: NoteWidget): Promise<void> {
  const noteTask = (measure: string, { ms, cpuMs }: LongestTask, budget?: number) => {
    note(`${measure}, ms`, ms, budget);
    note(`${measure}, ms of CPU`, cpuMs);
  };
  const stage = await startStage();
  try {
    const thread = await makeThread(stage.host, 2_000);
    // The first page of a browser meets everything cold, which is the browser's.
    await measureOpening(stage, 'full');
    for (let round = 1; round <= rounds; round += 1) {
      process.stderr.write(`round ${round} of ${rounds}: the chat on a page\n`);
      const opening = await measureOpening(stage, 'full');
      note('script to launcher, ms', opening.launcher, 60);
      note('click to focused input, ms', opening.focus, 60);
      note('Enter to request, ms', opening.request, 10);
      note('click at once to focused input, ms', (await measureOpening(stage, 'full', true)).focus);
      const slow = await measureOpening(stage, 'slow');
      note('click to focused input, slow, ms', slow.focus, 300);
      note('first answers that began as plain text, slow', slow.formatted ? 0 : 1, 0);
      noteTask('longest task while 11 kB stream', await measureStreaming(stage, 'full'), 50);
      noteTask('longest task while 11 kB stream, slow', await measureStreaming(stage, 'slow'), 100);
      const keeping = await measureKeeping(stage);
      note('heap when open, kB', keeping.openBytes / 1000, 1_000);
      note('nodes when open', keeping.openNodes, 300);
      note('kept per destroy and init, kB', keeping.roundBytes / 1000, 10);
      const long = await measureThread(stage, thread);
      note('2,000 messages: click to first paint, ms', long.firstPaint);
      noteTask('… longest task until all is there', long.openTask);
      noteTask('… longest task while scrolling', long.scrollTask);
      note('… frames missed while scrolling, %', long.dropped * 100);
      note('… frames that a plain list of the same texts misses, %', long.plainDropped * 100);
      // Times are those of a page whose machine is its own only where this is near 1.
      note('load average of the machine', loadavg()[0] ?? Number.NaN);
    }
  } finally {
    await stage.close();
  }
}
