import type { Browser, Page } from 'playwright-core';

/** The longest task of a page's main thread. */
export interface LongestTask {
  /** From its beginning to its end, also while the machine did something else. */
  readonly ms: number;
  /** What it took of the CPU. With a throttled CPU this counts the throttling as well. */
  readonly cpuMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Traces what the page's main thread does while `work` runs. */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'toplevel', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args.name === 'CrRendererMain' ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = new Map<string, TraceEvent[]>();
  for (const event of traceEvents) {
    const thread = `${event.pid} ${event.tid}`;
    if (event.name !== 'RunTask' || !mains.has(thread)) continue;
    const known = tasks.get(thread);
    if (known) known.push(event);
    else tasks.set(thread, [event]);
  }
  // A browser keeps a spare process for the next page: the one that worked is the page's.
  const total = (events: readonly TraceEvent[]) => events.reduce((sum, { dur = 0 }) => sum + dur, 0);
  const [busiest = []] = [...tasks.values()].sort((a, b) => total(b) - total(a));
  if (busiest.length === 0) throw new Error('The trace has no tasks of the page: Chromium calls them otherwise now.');
  return {
    ms: Math.max(...busiest.map(({ dur = 0 }) => dur)) / 1000,
    cpuMs: Math.max(...busiest.map(({ tdur = 0 }) => tdur)) / 1000,
  };
}
