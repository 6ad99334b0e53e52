import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { say } from '../embed/site.ts';
import { faint } from './contrast.ts';
import { answered, everyone, settled, WHOLE } from './everyone.ts';

const { arrive, enter, page: open, story, tell } = everyone();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is wrong with a page: rules of axe and the places, and what is hard to see. */
async function flaws(page: Page, state: string): Promise<string[]> {
  await settled(page);
  await page.evaluate(AXE);
  const { violations, passes, incomplete } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, rules: { 'target-size': { enabled: true } } })`,
  )) as AxeResults;
  const { checked, wrong } = await faint(page);
  const unsure = incomplete.filter(({ id }) => id !== 'color-contrast').map(({ id }) => id);
  console.info(
    `${state}: ${passes.length} rules kept, ${violations.length} broken, unsure of ${unsure.join(', ') || 'none'}; ${checked} contrasts, ${wrong.length} too weak`,
  );
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => `${id} ${target} ${html.slice(0, 160)}`),
  );
  return [...found, ...wrong];
}

describe.each(['light', 'dark'] as const)('nothing is wrong: %s', (colorScheme) => {
  test('launcher', async () => {
    const page = await arrive('writer', { colorScheme });
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
    expect(await flaws(page, `${colorScheme} launcher`)).toEqual([]);
  });

  test('open', async () => {
    const page = await enter('writer', { colorScheme, more: WHOLE });
    expect(await flaws(page, `${colorScheme} open`)).toEqual([]);
  });

  test('streaming', async () => {
    const page = await enter('teller', { colorScheme, more: WHOLE });
    await say(page, story());
    await page.locator('.prose', { hasText: 'Nobody' }).waitFor();
    expect(await flaws(page, `${colorScheme} streaming`)).toEqual([]);
    await tell('went out.');
  });

  test('answered, with everything open', async () => {
    const page = await enter('writer', { colorScheme, more: WHOLE });
    await say(page, 'Write');
    await answered(page);
    await page.locator('.steps summary').click();
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.getByRole('button', { name: 'Incomplete' }).click();
    await page.locator('.code span[class]').first().waitFor();
    expect(await flaws(page, `${colorScheme} answered`)).toEqual([]);
    await page.locator('.mark').first().click();
    await page.locator('.source-card').waitFor();
    expect(await flaws(page, `${colorScheme} answered, with a source`)).toEqual([]);
  });

  test('error', async () => {
    const page = await enter('failer', { colorScheme, more: WHOLE });
    await say(page, 'Go');
    await page.locator('.problem').waitFor();
    await answered(page);
    expect(await flaws(page, `${colorScheme} error`)).toEqual([]);
  });

  test('form', async () => {
    const page = await enter('asker', { colorScheme, more: WHOLE });
    await say(page, 'A berth');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.locator('.form-flaws').waitFor();
    expect(await flaws(page, `${colorScheme} form`)).toEqual([]);
  });

  test('list of conversations', async () => {
    const page = await enter('writer', { colorScheme, more: WHOLE });
    await say(page, 'Write');
    await answered(page);
    await page.getByRole('button', { name: 'Conversations' }).click();
    await page.locator('.threads-open').first().waitFor();
    expect(await flaws(page, `${colorScheme} list`)).toEqual([]);
  });

  test('full screen, and the page with the chat alone', async () => {
    const page = await enter('writer', { colorScheme, more: `layout: { form: 'fullscreen-overlay' }, ${WHOLE}` });
    await say(page, 'Write');
    await answered(page);
    await page.locator('.threads-open').first().waitFor();
    expect(await flaws(page, `${colorScheme} full screen`)).toEqual([]);

    const alone = await open('/chat', { colorScheme });
    await alone.locator('.welcome').waitFor();
    await alone.locator('.threads-open').first().waitFor();
    expect(await flaws(alone, `${colorScheme} /chat`)).toEqual([]);
  });
});
