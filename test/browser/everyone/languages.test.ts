import { describe, expect, test } from 'vitest';
import { say } from '../embed/site.ts';
import { answered, everyone, WHOLE } from './everyone.ts';
import { outside, squeezed } from './layout.ts';

const { enter } = everyone();

/** What the field, the button that closes and the time of a conversation say. */
const WORDS = [
  ['de', 'Nachricht an Writer', 'Chat schließen', 'jetzt'],
  ['es', 'Mensaje para Writer', 'Cerrar el chat', 'ahora'],
  ['fr', 'Message à Writer', 'Fermer le chat', 'maintenant'],
  ['it', 'Messaggio a Writer', 'Chiudi la chat', 'ora'],
  ['pt-BR', 'Mensagem para Writer', 'Fechar o chat', 'agora'],
  ['ja', 'Writerへのメッセージ', 'チャットを閉じる', '今'],
  ['en', 'Message Writer', 'Close the chat', 'now'],
] as const;

describe('languages', () => {
  test('are changed while the chat is open, and their longest words have room', async () => {
    const page = await enter('writer', { width: 360, height: 740, more: WHOLE });
    await say(page, 'Write');
    await answered(page);
    for (const [code, field, close, now] of WORDS) {
      await page.evaluate(
        (locale) =>
          (globalThis as unknown as { chat: { updateLocale(to: string): Promise<void> } }).chat.updateLocale(locale),
        code,
      );
      await page.getByPlaceholder(field, { exact: true }).waitFor();
      await page.getByRole('button', { name: close }).waitFor();
      await page.locator('[data-good=false]').click();
      await page.locator('.sheet').waitFor();
      expect([code, await outside(page), await squeezed(page)]).toEqual([code, [], []]);
      await page.locator('.header [aria-expanded]').first().click();
      await page.locator('.threads time').first().waitFor();
      expect([code, await page.locator('.threads time').first().textContent()]).toEqual([
        code,
        expect.stringContaining(now),
      ]);
      expect([code, await outside(page), await squeezed(page)]).toEqual([code, [], []]);
      await page.keyboard.press('Escape');
      // What was said stays; the sheet of the old words is gone.
      expect(await page.locator('.question').count()).toBe(1);
      await page.locator('[data-good=false][aria-pressed=true]').waitFor();
      await page.locator('[data-good=false]').click();
    }
  });
});

test('where people read from the right all is mirrored but code', async () => {
  const page = await enter('writer', { html: 'lang="ar" dir="rtl"', more: `${WHOLE} defaultLocale: 'en',` });
  await say(page, 'Write a text');
  await answered(page);
  const at = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((one) => one.getBoundingClientRect().x);
  expect(await at('.frame')).toBe(20);
  // The list begins on the right, the button that closes is on the left, questions stand on the left, and what sends is left of the field.
  expect(await at('.header .tool')).toBeGreaterThan(await at('.header-end'));
  expect(await at('.bubble')).toBeLessThan(await at('.mark'));
  expect(await at('.send')).toBeLessThan(await at('.composer textarea'));
  const code = page.locator('.code pre');
  expect(await code.evaluate((one) => [getComputedStyle(one).direction, getComputedStyle(one).textAlign])).toEqual([
    'ltr',
    'left',
  ]);
  expect(await outside(page)).toEqual([]);
  expect(await squeezed(page)).toEqual([]);
});
