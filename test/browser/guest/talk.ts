import type { Page } from 'playwright-core';

/** Says something with the keyboard and waits until it is answered. The page may have fields of its own. */
export async function ask(page: Page, text: string): Promise<void> {
  const replies = page.locator('.reply');
  const before = await replies.count();
  await page.locator('.composer textarea').fill(text);
  await page.keyboard.press('Enter');
  await replies.nth(before).and(page.locator('[aria-busy=false]')).waitFor();
}
