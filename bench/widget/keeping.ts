import type { CDPSession } from 'playwright-core';
import { embed, open, type WidgetStage } from './stage.ts';

export interface Keeping {
  /** Heap that the open chat takes, bytes. */
  readonly openBytes: number;
  /** Nodes of the open chat. */
  readonly openNodes: number;
  /** What stays of the heap after each destroy and init, bytes. */
  readonly roundBytes: number;
}

/** Rounds that fill caches first, and those that count. */
const WARM = 10;
const ROUNDS = 50;

/** What the chat takes of a page's memory, after garbage collection. */
export async function measureKeeping(stage: WidgetStage): Promise<Keeping> {
  const visit = await stage.visit();
  const { page, cdp } = visit;
  await cdp.send('Performance.enable');
  // What drives the page is on its heap as well: it comes with its first question.
  await page.locator('h1').waitFor();
  await page.locator('h1').boundingBox();
  const bare = await taken(cdp);
  await embed(visit, stage.host);
  await open(visit);
  const opened = await taken(cdp);
  await page.evaluate(round, WARM);
  const before = await taken(cdp);
  await page.evaluate(round, ROUNDS);
  const after = await taken(cdp);
  await visit.close();
  return {
    openBytes: opened.bytes - bare.bytes,
    openNodes: opened.nodes - bare.nodes,
    roundBytes: (after.bytes - before.bytes) / ROUNDS,
  };
}

async function taken(cdp: CDPSession): Promise<{ readonly bytes: number; readonly nodes: number }> {
  // What finalizers let go of is free after the second time.
  for (let n = 0; n < 3; n += 1) await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const value = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { bytes: value('JSHeapUsedSize'), nodes: value('Nodes') };
}

/** Runs in the page: init, open, and destroy the chat so many times. */
async function round(times: number): Promise<void> {
  interface Instance {
    changeView(view: string): Promise<void>;
    on(event: string, handler: () => void): void;
    destroy(): void;
  }
  const { chatOptions } = (
    window as unknown as {
      wxOConfiguration: { chatOptions: { onLoad?: (instance: Instance) => void; agentEnvironmentId?: string } };
    }
  ).wxOConfiguration;
  // With another environment the chat that stands there goes.
  chatOptions.agentEnvironmentId = 'bench';
  for (let n = 0; n < times; n += 1) {
    const ready = new Promise<Instance>((resolve) => {
      chatOptions.onLoad = (instance) => instance.on('chat:ready', () => resolve(instance));
    });
    window.wxoLoader?.init();
    const instance = await ready;
    await instance.changeView('mainWindow');
    const root = document.querySelector('.wxo-float-main')?.shadowRoot;
    while (!root?.querySelector('.greeting')) await new Promise(requestAnimationFrame);
    instance.destroy();
  }
}
