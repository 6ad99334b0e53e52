import { open, type WidgetStage } from './stage.ts';
import { type LongestTask, longestTask } from './tasks.ts';

export interface LongThread {
  /** From the click on the launcher to the frame that shows the last message, milliseconds. */
  readonly firstPaint: number;
  /** The longest task from the click until all of it is there. */
  readonly openTask: LongestTask;
  /** The longest task while it is scrolled through. */
  readonly scrollTask: LongestTask;
  /** Share of the frames that were not drawn while it was scrolled, 0 to 1. */
  readonly dropped: number;
  /** The same of a plain list with the same texts in an area of the same size: what the browser and the machine miss by themselves. */
  readonly plainDropped: number;
}

/** Makes a thread with so many messages, half of them answers; gives its id. */
export async function makeThread(host: string, messages: number): Promise<string> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${host}/api/v1/orchestrate/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { ok: response.ok, text: await response.text() };
  };
  let threadId: string | undefined;
  for (let n = 0; n < messages / 2; n += 1) {
    const { ok, text } = await post('runs?stream=true', {
      agent_id: 'writer',
      ...(threadId ? { thread_id: threadId } : {}),
      message: { role: 'user', content: `Question ${n + 1}: which line?` },
    });
    if (!ok) throw new Error(`The server did not take a message: ${text}`);
    threadId ??= /"thread_id": ?"([^"]+)"/.exec(text)?.[1];
  }
  if (!threadId) throw new Error('The server named no thread.');
  return threadId;
}

export async function measureThread(stage: WidgetStage, thread: string): Promise<LongThread> {
  const visit = await stage.visit();
  const { page } = visit;
  await page.evaluate(
    async ({ host, thread }) => {
      const { createChat } = await import(`${host}/clew.js`);
      await createChat({ agent: 'writer', thread });
    },
    { host: stage.host, thread },
  );
  // Noted in the page, so that the way here and back is not counted.
  await page.evaluate(() => {
    const root = document.querySelector('.wxo-float-main')?.shadowRoot as ShadowRoot;
    const look = (): void => {
      const last = [...root.querySelectorAll('.reply')].at(-1)?.textContent;
      if (last?.includes('short answer')) document.title = `${performance.now()}`;
      else requestAnimationFrame(look);
    };
    addEventListener('click', () => requestAnimationFrame(look), { once: true, capture: true });
  });
  let firstPaint = 0;
  const opening = await longestTask(stage.browser, page, async () => {
    await open(visit);
    await page.waitForFunction(() => Number(document.title) > 0);
    firstPaint = await page.evaluate(() => Number(document.title) - window.notes.clicked);
    await page.waitForFunction(() => {
      const entries = document.querySelector('.wxo-float-main')?.shadowRoot?.querySelectorAll('.entry') ?? [];
      return entries.length > 0 && [...entries].every((entry) => (entry.textContent?.trim() ?? '') !== '');
    });
  });
  let dropped = 0;
  const scrolling = await longestTask(stage.browser, page, async () => {
    dropped = await page.evaluate(scroll, 240);
  });
  await page.evaluate(becomePlain);
  const plainDropped = await page.evaluate(scroll, 240);
  await visit.close();
  return { firstPaint, openTask: opening, scrollTask: scrolling, dropped, plainDropped };
}

/** Runs in the page: puts a plain list with the texts of the thread in the place of the chat. */
async function becomePlain(): Promise<void> {
  const host = document.querySelector('.wxo-float-main') as HTMLElement;
  const scroller = host.shadowRoot?.querySelector('.scroll') as HTMLElement;
  const { width, height, left, top } = scroller.getBoundingClientRect();
  const plain = document.createElement('div');
  plain.className = 'plain';
  const box = `position:fixed;left:${left}px;top:${top}px;width:${width}px;height:${height}px;overflow:auto;background:#fff`;
  plain.style.cssText = box;
  for (const { textContent } of scroller.querySelectorAll('.entry')) {
    const line = document.createElement('p');
    line.textContent = textContent;
    plain.append(line);
  }
  host.remove();
  document.body.append(plain);
  plain.scrollTop = plain.scrollHeight;
  for (let n = 0; n < 30; n += 1) await new Promise(requestAnimationFrame);
}

/** Runs in the page: scrolls up for so many frames, a screen every ten, and then to the beginning; the share of frames that were missed. */
async function scroll(frames: number): Promise<number> {
  const chat = document.querySelector('.wxo-float-main')?.shadowRoot?.querySelector('.scroll');
  const scroller = (chat ?? document.querySelector('.plain')) as HTMLElement;
  const interval = 1000 / 60;
  const frame = () => new Promise<number>(requestAnimationFrame);
  let last = await frame();
  let [shown, due] = [0, 0];
  for (let n = 0; n < frames; n += 1) {
    if (n < frames / 2) scroller.scrollTop -= 60;
    else scroller.scrollTop = (scroller.scrollTop * (frames - n - 1)) / (frames - n);
    const now = await frame();
    shown += 1;
    due += Math.max(1, Math.round((now - last) / interval));
    last = now;
  }
  return 1 - shown / due;
}
