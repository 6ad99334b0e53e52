import { embed, open, type Pace, type WidgetStage } from './stage.ts';
import { type LongestTask, longestTask } from './tasks.ts';

/** The longest task while 11 kB of Markdown stream at 450 deltas a second, from Enter until the answer stands as it stays. */
export async function measureStreaming(stage: WidgetStage, pace: Pace): Promise<LongestTask> {
  const visit = await stage.visit(pace);
  const { page } = visit;
  await embed(visit, stage.host);
  await open(visit);
  await page.getByRole('textbox').fill('write 450');
  const longest = await longestTask(stage.browser, page, async () => {
    await page.keyboard.press('Enter');
    await page.locator('.reply[aria-busy=false] .actions-place button').first().waitFor({ timeout: 60_000 });
  });
  await visit.close();
  return longest;
}
