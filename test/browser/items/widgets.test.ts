import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { asking, sent, show } from './asking.ts';
import { stage } from './harness.ts';

const { open } = stage();

const type = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

describe('every widget by keyboard', () => {
  test('text and textarea', async () => {
    const on = await open();
    await show(on, asking({ type: 'string' }, { 'ui:placeholder': 'Your name' }));
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.type('Ana');
    expect(await on.page.getByPlaceholder('Your name').inputValue()).toBe('Ana');
    await on.page.keyboard.press('Enter');
    expect((await on.said())[0]).toMatchObject({ display: 'The question: Ana' });

    await show(on, asking({ type: 'string' }, { 'ui:widget': 'TextareaWidget' }));
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.type('One\nTwo');
    expect(await sent(on)).toEqual({ data: 'One\nTwo', display: 'The question: One\nTwo' });
  });

  test('number, with its steps', async () => {
    const on = await open();
    await show(on, asking({ type: 'integer', minimum: 1, maximum: 5, default: 2 }, { 'ui:widget': 'NumberWidget' }));
    await on.page.keyboard.press('Tab');
    await type(on.page, 'ArrowUp', 'ArrowUp');
    await on.page.getByRole('button', { name: 'Decrease: The question' }).click();
    expect(await sent(on)).toEqual({ data: 3, display: 'The question: 3' });
  });

  test('radio', async () => {
    const on = await open();
    await show(
      on,
      asking({ type: 'string', enum: ['a', 'b'], enumNames: ['Ah', 'Be'] }, { 'ui:widget': 'RadioWidget' }),
    );
    await on.page.getByRole('radiogroup', { name: 'The question' }).waitFor();
    await type(on.page, 'Tab', 'Space', 'ArrowDown');
    expect(await sent(on)).toEqual({ data: 'b', display: 'The question: Be' });
  });

  test('checkbox, which also says no', async () => {
    const on = await open();
    const yesNo = {
      type: 'boolean',
      oneOf: [
        { const: true, title: 'Yes' },
        { const: false, title: 'No' },
      ],
    };
    await show(on, asking(yesNo, { 'ui:widget': 'CheckboxWidget' }, { required: true }));
    expect(await sent(on)).toEqual({ data: false, display: 'The question: No' });
    await show(on, asking(yesNo, { 'ui:widget': 'CheckboxWidget' }));
    await type(on.page, 'Tab', 'Space');
    expect(await sent(on)).toEqual({ data: true, display: 'The question: Yes' });
  });

  test('several checkboxes', async () => {
    const on = await open();
    await show(on, asking({ type: 'array', items: { enum: ['a', 'b', 'c'] } }));
    await type(on.page, 'Tab', 'Space', 'Tab', 'Tab', 'Space');
    expect(await sent(on)).toEqual({ data: ['a', 'c'], display: 'The question: a, c' });
  });

  test('combobox', async () => {
    const on = await open();
    const cities = asking(
      { enum: ['ber', 'bre', 'par', 'lis'] },
      { 'ui:widget': 'ComboboxWidget', 'ui:enumNames': ['Berlin', 'Bremen', 'Paris', 'Lisbon'] },
      { required: true },
    );
    await show(on, cities);
    const box = on.page.getByRole('combobox', { name: 'The question' });
    await on.page.keyboard.press('Tab');
    await on.page.keyboard.type('br');
    expect(await on.page.getByRole('option').allInnerTexts()).toEqual(['Bremen']);
    await type(on.page, 'ArrowDown');
    const active = await box.getAttribute('aria-activedescendant');
    expect(await on.page.locator(`#${active}`).innerText()).toBe('Bremen');
    await type(on.page, 'Enter');
    expect(await box.inputValue()).toBe('Bremen');
    expect(await box.getAttribute('aria-expanded')).toBe('false');
    await type(on.page, 'ArrowDown', 'ArrowDown', 'Escape');
    expect(await on.page.getByRole('option').count()).toBe(0);
    expect(await sent(on)).toEqual({ data: 'bre', display: 'The question: Bremen' });

    await show(on, cities);
    await box.fill('Rome');
    expect(await on.page.getByText('No matches').isVisible()).toBe(true);
    await on.page.getByRole('button', { name: 'Submit' }).click();
    expect(await box.getAttribute('aria-invalid')).toBe('true');
    await box.fill('');
    await on.page.getByRole('option', { name: 'Lisbon' }).click();
    expect(await box.getAttribute('aria-invalid')).toBe(null);
    expect(await sent(on)).toEqual({ data: 'lis', display: 'The question: Lisbon' });
  });

  test('a date and a range', async () => {
    const on = await open({ locale: 'en-GB' });
    await show(on, asking({ type: 'string', format: 'date' }, { 'ui:widget': 'DateWidget' }));
    await on.page.keyboard.press('Tab');
    // The order of day and month is the browser's own.
    await on.page.locator('input:focus').fill('2026-02-28');
    expect(await sent(on)).toEqual({ data: '2026-02-28', display: 'The question: 28 February 2026' });

    const look = {
      'ui:widget': 'DateWidget',
      'ui:options': { range: true },
      'ui:start_label': 'From',
      'ui:end_label': 'To',
    };
    await show(on, asking({ type: 'array', items: { type: 'string', format: 'date' } }, look));
    await on.page.getByLabel('From').fill('2026-02-28');
    await on.page.getByLabel('To').fill('2026-02-01');
    await on.page.getByRole('button', { name: 'Submit' }).click();
    expect(await on.page.getByRole('group', { name: 'The question' }).innerText()).toContain(
      'The end is before the start.',
    );
    await on.page.getByLabel('To').fill('2026-03-01');
    expect((await sent(on)).data).toEqual(['2026-02-28', '2026-03-01']);
  });

  test('a table: search, sort, pages, choice', async () => {
    const on = await open();
    const rows = Array.from({ length: 12 }, (_, n) => ({ rowId: `r${n}`, name: `Room ${n}`, seats: (n * 5) % 12 }));
    const headers = [
      { key: 'name', header: 'Room' },
      { key: 'seats', header: 'Seats' },
    ];
    const table = (tableType: string) =>
      asking(
        { type: 'array', headers, items: {}, tableType, defaultRowSize: 5, maxItems: 2 },
        { 'ui:widget': 'Table' },
        { data: rows },
      );
    await show(on, table('multi'));
    const cells = () => on.page.locator('tbody tr').evaluateAll((all) => all.map((row) => row.textContent));
    await type(on.page, 'Tab');
    await on.page.keyboard.type('room 11');
    expect(await cells()).toEqual(['Room 711', 'Room 117']);
    await type(on.page, 'Enter');
    expect(await on.said()).toEqual([]);
    await on.page.getByRole('searchbox').fill('');
    await on.page.getByRole('button', { name: 'Seats' }).press('Enter');
    await on.page.getByRole('button', { name: 'Seats' }).press('Enter');
    expect(await on.page.getByRole('columnheader', { name: 'Seats' }).getAttribute('aria-sort')).toBe('descending');
    expect((await cells())[0]).toBe('Room 711');
    await on.page.getByRole('checkbox', { name: /Room 7$/ }).press('Space');
    await on.page.getByRole('button', { name: 'Next' }).press('Enter');
    expect(await on.page.getByText('6–10 of 12').isVisible()).toBe(true);
    await on.page.getByRole('checkbox', { name: 'Select all on this page' }).press('Space');
    expect(await on.page.getByText('6 selected').isVisible()).toBe(true);
    await on.page.getByRole('button', { name: 'Submit' }).click();
    expect(await on.page.locator('.form-flaws').innerText()).toContain('Choose at most 2.');
    await on.page.getByRole('checkbox', { name: 'Select all on this page' }).press('Space');
    expect(await sent(on)).toEqual({ data: [rows[7]], display: 'The question: Room 7' });

    await show(on, table('single'));
    await on.page.getByRole('radio').first().press('Space');
    await type(on.page, 'ArrowDown');
    expect((await sent(on)).data).toEqual([rows[1]]);

    await show(on, table('dataTable'));
    expect(await on.page.getByRole('row').count()).toBe(6);
    expect((await sent(on)).data).toBeUndefined();
  });

  test('files: off where they cannot be sent, else checked, named and sent', async () => {
    const on = await open();
    const papers = asking(
      { type: 'array', items: {}, multi: true, file_types: ['.pdf'], file_max_size: 1 },
      { 'ui:widget': 'FileUpload' },
      { required: true },
    );
    await show(on, papers);
    expect(await on.page.locator('input[type=file]').isDisabled()).toBe(true);
    expect(await on.page.getByText('Files cannot be sent here yet.').isVisible()).toBe(true);
    expect((await sent(on)).data).toBeUndefined();

    await on.page.evaluate(() => {
      globalThis.stage.uploads = true;
    });
    await show(on, papers);
    const file = (name: string, size = 10) => ({ name, mimeType: 'application/pdf', buffer: Buffer.alloc(size) });
    await on.page
      .locator('input[type=file]')
      .setInputFiles([file('a.pdf'), file('b.pdf'), file('big.pdf', 2_000_000), { ...file('c.exe'), mimeType: 'x/y' }]);
    expect(await on.page.locator('.form-files li > span').allInnerTexts()).toEqual(['a.pdf', 'b.pdf']);
    expect(await on.page.locator('.form-upload [role=status]').innerText()).toContain('c.exe');
    await on.page.getByRole('button', { name: 'Remove b.pdf' }).click();
    expect(await sent(on)).toEqual({
      data: [{ fileName: 'a.pdf', url: '/files/a.pdf', size: 10 }],
      display: 'The question: a.pdf',
    });
  });

  test('files to fetch: links that are safe', async () => {
    const on = await open();
    const files = [
      { id: '1', url: '/files/plan.pdf', fileName: 'plan.pdf' },
      { id: '2', url: 'javascript:alert(1)', fileName: 'evil' },
      { id: '3', url: 'data:text/html,x', fileName: 'evil' },
    ];
    await show(on, asking({ type: 'string', files }, { 'ui:widget': 'FileDownloadWidget' }));
    const links = await on.page
      .getByRole('link')
      .evaluateAll((all) => all.map((a) => [a.textContent, (a as HTMLAnchorElement).pathname]));
    expect(links).toEqual([['plan.pdf', '/files/plan.pdf']]);
  });
});
