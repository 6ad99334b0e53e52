import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { stage } from './harness.ts';

const { open } = stage();
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds against WCAG 2.2 A and AA: the rule and the place. */
async function found(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })`,
  )) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
  );
}

const FORM = {
  response_type: 'forms',
  json_schema: {
    type: 'object',
    title: 'A visit',
    description: 'We will get back to you.',
    required: ['email', 'kind', 'city', 'people', 'stay'],
    properties: {
      email: { type: 'string', title: 'Email', format: 'email', description: 'Where we write to.' },
      note: { type: 'string', title: 'Note' },
      kind: { type: 'string', title: 'Kind', enum: ['Tour', 'Talk'] },
      extras: { type: 'array', title: 'Extras', items: { enum: ['Tea', 'Cake'] } },
      city: { title: 'City', enum: ['Berlin', 'Paris', 'Lisbon', 'Rome', 'Oslo'] },
      people: { type: 'integer', title: 'People' },
      agreed: { type: 'boolean', title: 'Agreed' },
      stay: { type: 'array', title: 'Stay', items: { type: 'string', format: 'date' } },
      rooms: {
        type: 'array',
        title: 'Rooms',
        tableType: 'multi',
        defaultRowSize: 3,
        headers: [{ key: 'name', header: 'Room' }],
        items: {},
      },
      room: {
        type: 'array',
        title: 'Room',
        tableType: 'single',
        headers: [{ key: 'name', header: 'Room' }],
        items: {},
      },
      papers: { type: 'array', title: 'Papers', items: {} },
      plan: { type: 'string', title: 'Plan', files: { url: '/plan.pdf', fileName: 'plan.pdf' } },
    },
  },
  ui_schema: {
    note: { 'ui:widget': 'TextareaWidget' },
    stay: { 'ui:widget': 'DateWidget', 'ui:options': { range: true } },
    papers: { 'ui:widget': 'FileUpload' },
    plan: { 'ui:widget': 'FileDownloadWidget' },
    'ui:cancelButtonOptions': { showCancel: true },
  },
  form_data: { rooms: ['Oak', 'Elm', 'Ash', 'Fir', 'Yew', 'Lime'].map((name) => ({ name })), room: [{ name: 'Oak' }] },
};

const text = (words: string) => ({ response_type: 'text', text: words });
const media = { source: 'https://media.example.org/a', title: 'The lake', description: 'In spring.' };
const RICH = [
  { response_type: 'image', ...media },
  { response_type: 'image', source: '/a.png', alt_text: 'A pixel' },
  { response_type: 'audio', ...media },
  { response_type: 'iframe', ...media },
  { response_type: 'date' },
  { response_type: 'carousel', items: [{ response_type: 'card', body: [text('One')] }, text('Two')] },
  { response_type: 'grid', rows: [{ cells: [{ items: [text('a')] }, { items: [text('b')] }] }] },
];

describe.each(['light', 'dark'] as const)('axe finds nothing: %s', (colorScheme) => {
  test('a form: empty, wrong, answered', async () => {
    const { page } = await open({ colorScheme });
    await page.evaluate((item) => globalThis.stage.show(item), FORM);
    expect(await found(page)).toEqual([]);
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('combobox').press('ArrowDown');
    expect(await found(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await found(page)).toEqual([]);
  });

  test('media, cards and rows of them', async () => {
    const { page } = await open({ colorScheme });
    await page.evaluate((items) => globalThis.stage.show(...items), RICH);
    expect(await found(page)).toEqual([]);
  });

  test('the list of conversations, with a question in it', async () => {
    const { page } = await open({ colorScheme });
    await page.evaluate(() => globalThis.stage.threads({ total: 30, now: Date.now() }));
    await page.getByRole('button', { name: 'Delete “Conversation 2”' }).press('Enter');
    expect(await found(page)).toEqual([]);
  });
});
