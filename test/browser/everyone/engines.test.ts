import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openChat, pageWith, say, snippet, stage } from '../embed/site.ts';
import { answered, everyone, focused, untilFocused, WHOLE } from './everyone.ts';

/** What other browsers do otherwise than Chromium, as far as Chromium can be made to do it. */
const { enter } = everyone();

describe('as in Safari', () => {
  /** A click on a button does not focus it, but what stands around it and can have the focus, or nothing. */
  const clickLikeSafari = (page: Page) =>
    page.evaluate(() => {
      addEventListener(
        'mousedown',
        (event) => {
          const path = event.composedPath().filter((one) => one instanceof HTMLElement);
          if (!path.some(({ localName }) => localName === 'button')) return;
          event.preventDefault();
          const around = path.find((one) => one.localName !== 'button' && one.hasAttribute('tabindex'));
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          if (around) around.focus();
          else (at as HTMLElement | null)?.blur();
        },
        true,
      );
    });

  test('what a button of the header opens closes when one goes elsewhere, and its entries can be clicked', async () => {
    const page = await enter('writer', { more: WHOLE });
    await clickLikeSafari(page);
    await page.evaluate(`chat.updateCustomHeaderItems([{ id: 'more', text: 'More', type: 'dropdown', items: [
      { id: 'a', text: 'Print', onClick: () => { document.title = 'printed'; } }] }])`);
    const ai = page.getByRole('button', { name: 'About these answers' });
    const note = page.getByRole('note');
    await ai.click();
    await note.waitFor();
    await page.getByRole('textbox').click();
    await note.waitFor({ state: 'hidden' });
    await ai.click();
    await note.waitFor();
    await page.keyboard.press('Escape');
    await untilFocused(page, 'AI: About these answers');
    expect(await note.count()).toBe(0);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: 'Print' }).click();
    await expect.poll(() => page.title()).toBe('printed');
  });

  test('closed with the mouse, the chat gives the keyboard back to its launcher', async () => {
    const page = await enter('writer', { more: WHOLE });
    await clickLikeSafari(page);
    await page.getByRole('button', { name: 'Close the chat' }).click();
    await untilFocused(page, 'Open the chat');
  });

  test('Tab that passes over buttons stays in a chat that covers the page, and nothing else is held up', async () => {
    const page = await enter('writer', { more: WHOLE, width: 390, height: 780 });
    const field = page.getByRole('textbox', { name: 'Message Writer' });
    await field.fill('Something to send');
    await page.evaluate(() =>
      addEventListener('keydown', (event) => {
        if (event.key !== 'Tab' || event.defaultPrevented) return;
        event.preventDefault();
        document.getElementById('link')?.focus();
      }),
    );
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Conversations');
    await field.focus();
    await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('Send');
    await page.evaluate(() => document.getElementById('link')?.focus());
    expect(await focused(page)).toBe('and berths');
  });

  test('nothing around the conversation is a size container: WebKit lays these out before their content is there', async () => {
    const page = await enter('writer', { more: WHOLE });
    await say(page, 'Write a text');
    await answered(page);
    const containers = await page.locator('.transcript').evaluate((transcript) => {
      const around: Element[] = [];
      for (let at: Element | null = transcript; at; at = at.parentElement) around.push(at);
      return around.map((one) => getComputedStyle(one).getPropertyValue('container-type'));
    });
    expect(new Set(containers)).toEqual(new Set(['normal']));
  });
});

describe('in a browser of some years ago', () => {
  const lab = stage('test/browser/everyone/project');

  test('the chat does without what came later', async () => {
    const agent = await lab.agent('writer');
    const html = pageWith(snippet({ host: lab.host, agent }));
    const before = async (page: Page) => {
      await page.addInitScript(() => {
        const without = (owner: object, ...names: string[]) => {
          for (const name of names) Reflect.deleteProperty(owner, name);
        };
        without(globalThis, 'requestIdleCallback', 'BroadcastChannel', 'Highlight', 'visualViewport', 'trustedTypes');
        without(HTMLElement.prototype, 'popover', 'showPopover', 'hidePopover', 'togglePopover');
        without(Navigator.prototype, 'locks', 'connection');
        without(IDBFactory.prototype, 'databases');
        without(Crypto.prototype, 'randomUUID');
        without(Intl, 'Segmenter');
        without(CSS, 'highlights');
        without(Promise, 'withResolvers', 'try');
        without(ReadableStream.prototype, Symbol.asyncIterator as unknown as string, 'values');
        without(Array.prototype, 'toSorted', 'toReversed', 'with');
        without(AbortSignal, 'any', 'timeout');
      });
    };
    const { page } = await lab.visit(html, { before });
    await openChat(page);
    await page.getByRole('textbox').fill('Write a text');
    await page.keyboard.press('Enter');
    await answered(page);
    await page.locator('code span').first().waitFor();
    await page.locator('.mark').first().click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.reload();
    await openChat(page);
    await answered(page);
    await page.getByRole('button', { name: 'Close the chat' }).click();
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
  });
});
