import { embed, open, type Pace, type WidgetStage } from './stage.ts';

/** Milliseconds. */
export interface Opening {
  /** From the script to the frame with the launcher. */
  readonly launcher: number;
  /** From the click to the input that has the keyboard. */
  readonly focus: number;
  /** From Enter to the first request that leaves. */
  readonly request: number;
  /** Whether the first answer was formatted from its first frame on. */
  readonly formatted: boolean;
}

/** One reader who comes for the first time. `atOnce`: presses the launcher in the moment in which it is there. */
export async function measureOpening(stage: WidgetStage, pace: Pace, atOnce = false): Promise<Opening> {
  const visit = await stage.visit(pace);
  const { page } = visit;
  const launcher = await embed(visit, stage.host);
  await open(visit, atOnce);
  await page.getByRole('textbox').fill('Which line?');
  await page.evaluate(() => {
    const root = document.querySelector('.wxo-float-main')?.shadowRoot as ShadowRoot;
    const watch = new MutationObserver(() => {
      if (root.querySelector('.plain-text')) document.title = 'plain';
    });
    watch.observe(root, { subtree: true, childList: true });
  });
  await page.keyboard.press('Enter');
  await page.locator('.reply[aria-busy=false] strong').waitFor();
  const { notes, formatted } = await page.evaluate(() => ({
    notes: window.notes,
    formatted: document.title !== 'plain',
  }));
  await visit.close();
  const sent = notes.requests.find(({ method, at }) => method === 'POST' && at > notes.entered);
  return {
    launcher,
    focus: notes.focused - notes.clicked,
    request: (sent?.at ?? Number.NaN) - notes.entered,
    formatted,
  };
}
