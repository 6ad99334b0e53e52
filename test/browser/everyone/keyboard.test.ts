import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { say } from '../embed/site.ts';
import { answered, everyone, focused, untilFocused, WHOLE } from './everyone.ts';

const { arrive, enter, story, tell } = everyone();

const press = (page: Page, ...keys: string[]) =>
  keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());

/** What Tab stops at, from here on until it comes to `last` or has made 60 stops; fails where the focus cannot be seen. */
async function walk(page: Page, last: string, key = 'Tab'): Promise<string[]> {
  const stops: string[] = [];
  while (stops.length < 60 && stops.at(-1) !== last) {
    await page.keyboard.press(key);
    stops.push(await focused(page));
    expect([stops.at(-1), await isSeen(page)]).toEqual([stops.at(-1), true]);
  }
  return stops;
}

/** Whether what has the focus shows it, and is not hidden by anything else at its middle or corners. */
function isSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    let at = document.activeElement as HTMLElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement as HTMLElement;
    if (at === document.body) return true;
    const ring = [at, at.closest<HTMLElement>('.composer')].some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = one ? getComputedStyle(one) : ({} as CSSStyleDeclaration);
      return one && ((outlineStyle !== 'none' && outlineWidth !== '0px') || (one !== at && boxShadow !== 'none'));
    });
    const { left, top, right, bottom } = at.getBoundingClientRect();
    const root = at.getRootNode() as ShadowRoot;
    const shown = [0.05, 0.5, 0.95].some((share) => {
      const [x, y] = [
        left + (right - left) * share,
        Math.min(bottom - 2, Math.max(top + 2, top + (bottom - top) * share)),
      ];
      const there = root.elementFromPoint(x, y);
      return there !== null && (at.contains(there) || there.contains(at));
    });
    // The sign of a field for dates has a ring of the browser's own.
    return (Boolean(ring) || at.matches('[type=date]')) && shown;
  });
}

describe('by keyboard', () => {
  test('the chat is opened, used and closed, and the focus comes back to the launcher', async () => {
    const page = await arrive('teller', { more: WHOLE });
    await page.locator('#link').focus();
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Open the chat');
    expect(await isSeen(page)).toBe(true);
    await press(page, 'Enter');
    await untilFocused(page, 'Message Teller');
    await page.locator('.welcome').waitFor();
    await page.keyboard.type(story());
    await press(page, 'Enter');
    await page.locator('.prose', { hasText: 'Nobody' }).waitFor();
    expect(await focused(page)).toBe('Message Teller');
    // The answer is stopped by the button behind the field, which is the one that sends.
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Stop');
    await press(page, 'Enter');
    await page.locator('.ended').waitFor();
    await untilFocused(page, 'Message Teller');
    expect(await walk(page, 'Try again', 'Shift+Tab')).toContain('Copy the answer');
    await press(page, 'Enter');
    await page.locator('.reply[aria-busy=true]').waitFor();
    expect(await focused(page)).not.toBe('');
    await tell('was out.');
    await answered(page);
    await press(page, 'Escape');
    await untilFocused(page, 'Open the chat');
    expect(await page.locator('.frame').isVisible()).toBe(false);
    await press(page, 'Space');
    await untilFocused(page, 'Message Teller');
  });

  test('Tab goes through the window in its order and out of it', async () => {
    const page = await enter('writer', { more: WHOLE });
    await page.locator('.header .tool').first().focus();
    expect(await walk(page, 'Message Writer')).toEqual([
      'AI: About these answers',
      'Full size',
      'Close the chat',
      'Conversation',
      'A textWith sources',
      'Another',
      'Message Writer',
    ]);
    await press(page, 'Tab');
    expect(await page.evaluate(() => document.activeElement?.shadowRoot ?? null)).toBeNull();
    await page.locator('#link').focus();
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Conversations');
  });

  test('starters, steps, sources, feedback and choices', async () => {
    const page = await enter('writer', { more: WHOLE });
    await page.getByRole('button', { name: 'A text' }).focus();
    await press(page, 'Enter');
    await answered(page);
    await untilFocused(page, 'Message Writer');
    await page.locator('.scroll').focus();
    expect(await walk(page, 'Message Writer')).toEqual([
      '2 steps',
      'Source 1',
      'Source 2',
      'Table',
      'the office',
      'Copy the code',
      'Code',
      expect.stringMatching(/^1 ?Tides of the year/),
      expect.stringMatching(/^2 ?Harbour/),
      'Berths',
      'Fees',
      'Nothing',
      'Copy the answer',
      'Good answer',
      'Bad answer',
      'Message Writer',
    ]);

    await page.locator('.steps summary').focus();
    await press(page, 'Enter', 'Tab');
    expect(await focused(page)).toBe('Input');

    const mark = page.locator('.mark').first();
    await mark.focus();
    await press(page, 'Enter');
    await untilFocused(page, 'Source 1');
    const card = page.locator('.source-card');
    expect(await card.evaluate((one) => one.matches(':focus'))).toBe(true);
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Close');
    await press(page, 'Escape');
    expect([await card.count(), await mark.evaluate((one) => one.matches(':focus'))]).toEqual([0, true]);
    // Out of the card the way goes on behind its mark, and back to it.
    await press(page, 'Enter', 'Tab', 'Tab');
    expect(await focused(page)).toBe('Open the source');
    await press(page, 'Tab');
    expect([await card.count(), await focused(page)]).toEqual([0, 'Source 2']);
    await press(page, 'Shift+Tab', 'Enter', 'Shift+Tab');
    expect([await card.count(), await mark.evaluate((one) => one.matches(':focus'))]).toEqual([0, true]);

    await page.getByRole('button', { name: 'Bad answer' }).focus();
    await press(page, 'Enter');
    await untilFocused(page, 'What went wrong?');
    expect(await walk(page, 'Submit')).toEqual([
      'Close',
      'Not correct',
      'Incomplete',
      'Not what I asked',
      'Hard to understand',
      'Tell us more (optional)',
      'Cancel',
      'Submit',
    ]);
    await press(page, 'Escape');
    expect(await focused(page)).toBe('Bad answer');
    expect(await page.locator('.frame').isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Fees' }).focus();
    await press(page, 'Enter');
    await page.locator('.question', { hasText: 'Fees' }).waitFor();
    await untilFocused(page, 'Message Writer');
  });

  test('the list of conversations, the note about AI and menus of the page', async () => {
    const page = await enter('writer', { more: WHOLE });
    await page.evaluate(`chat.updateCustomHeaderItems([{ id: 'more', text: 'More', type: 'dropdown', items: [
      { id: 'a', text: 'Print', onClick: () => { document.title = 'printed'; } }] }])`);
    await page.getByRole('button', { name: 'More' }).focus();
    await press(page, 'Enter', 'Tab');
    expect(await focused(page)).toBe('Print');
    await press(page, 'Escape');
    expect(await focused(page)).toBe('More');
    await press(page, 'Enter', 'Tab', 'Enter');
    expect([await page.title(), await focused(page)]).toEqual(['printed', 'More']);
    expect(await page.getByRole('button', { name: 'Print' }).count()).toBe(0);

    await page.getByRole('button', { name: 'About these answers' }).focus();
    await press(page, 'Enter');
    await page.getByRole('note').waitFor();
    await press(page, 'Escape');
    expect([await page.getByRole('note').count(), await focused(page)]).toEqual([0, 'AI: About these answers']);

    await say(page, 'Write');
    await answered(page);
    await page.getByRole('button', { name: 'Conversations' }).focus();
    await press(page, 'Enter');
    await page.locator('.threads-open').first().waitFor();
    const stops = await walk(page, 'Delete “Write”');
    expect(stops.slice(-4)).toEqual([
      'New chat',
      'Search conversations',
      expect.stringMatching(/^Write/),
      'Delete “Write”',
    ]);
    // What the list covers cannot be reached.
    await press(page, 'Tab');
    expect(await focused(page)).not.toBe('Conversation');
    await page.locator('.threads-open').first().focus();
    await press(page, 'Escape');
    expect(await focused(page)).toBe('Conversations');
    await press(page, 'Enter');
    await page.locator('.threads-open').first().focus();
    await press(page, 'Enter');
    await untilFocused(page, 'Message Writer');
  });

  test('a form', async () => {
    const page = await enter('asker');
    await say(page, 'A berth');
    await page.getByLabel('Name of the boat').focus();
    await page.keyboard.type('Anna');
    await press(page, 'Enter');
    await page.locator('.form-flaws').waitFor();
    await untilFocused(page, /Please check/);
    await press(page, 'Tab', 'Enter');
    expect(await page.getByRole('radio', { name: 'North' }).evaluate((one) => one.matches(':focus'))).toBe(true);
    await press(page, 'Space');
    expect(await walk(page, 'Submit')).toEqual(expect.arrayContaining(['Length optional', 'Choose…']));
    await press(page, 'Enter');
    await page.locator('.prose', { hasText: 'It is yours.' }).waitFor();
    expect(await focused(page)).not.toBe('');
  });

  test('a window that covers the page keeps Tab, one that floats does not', async () => {
    const page = await enter('writer', {
      more: `layout: { form: 'fullscreen-overlay' }, features: { showThreadList: false }, header: { showAiDisclaimer: false },`,
    });
    expect(await page.getByRole('dialog', { name: 'Writer' }).getAttribute('aria-modal')).toBe('true');
    await untilFocused(page, 'Message Writer');
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Close the chat');
    await press(page, 'Shift+Tab');
    expect(await focused(page)).toBe('Message Writer');
    // Once there is something to send its button is the last.
    await page.keyboard.type('Words');
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Send');
    await press(page, 'Tab');
    expect(await focused(page)).toBe('Close the chat');
    await press(page, 'Escape');
    await untilFocused(page, 'Open the chat');

    const beside = await enter('writer', { more: WHOLE });
    await beside.getByRole('region', { name: 'Writer' }).waitFor();
    await beside.getByRole('button', { name: 'Full size' }).click();
    await beside.getByRole('dialog', { name: 'Writer' }).waitFor();
    expect(await focused(beside)).toBe('Smaller');
  });
});
