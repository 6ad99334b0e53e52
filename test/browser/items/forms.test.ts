import { describe, expect, test } from 'vitest';
import { asking, sent, show } from './asking.ts';
import { stage } from './harness.ts';

const { open } = stage();

describe('a form as a whole', () => {
  test('says what is wrong, above all fields and at each, and takes it back', async () => {
    const on = await open();
    await show(
      on,
      asking({ type: 'string', format: 'email', description: 'Where we write to.' }, {}, { required: true }),
    );
    await on.page.getByRole('button', { name: 'Submit' }).click();
    const summary = on.page.getByRole('group', { name: 'Please check:' });
    expect(await summary.evaluate((element) => element === (element.getRootNode() as ShadowRoot).activeElement)).toBe(
      true,
    );
    const input = on.page.getByLabel('The question');
    const description = () =>
      input.evaluate((element) =>
        (element.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => (element.getRootNode() as ShadowRoot).getElementById(id)?.textContent),
      );
    expect(await description()).toEqual(['Where we write to.', 'Please fill this in.']);
    expect(await input.getAttribute('aria-invalid')).toBe('true');

    await summary.getByRole('button', { name: 'The question' }).press('Enter');
    await on.page.keyboard.type('ana');
    expect(await description()).toEqual(['Where we write to.', 'Enter an email address.']);
    await on.page.keyboard.type('@example.org');
    expect(await description()).toEqual(['Where we write to.']);
    expect(await summary.isVisible()).toBe(false);
    expect((await sent(on)).data).toBe('ana@example.org');
  });

  test('can be cancelled, and is read-only with its values once answered', async () => {
    const on = await open();
    const item = asking(
      { type: 'string' },
      {},
      {
        data: 'Ana',
        ui: {
          'ui:submitButtonOptions': { submitText: 'Go' },
          'ui:cancelButtonOptions': { showCancel: true, cancelText: 'Not now' },
        },
      },
    );
    await show(on, item);
    await on.page.getByRole('button', { name: 'Not now' }).click();
    expect(await on.said()).toEqual([
      {
        content: [{ response_type: 'form_operation', id: '1', form_operation: 'cancel', form_data: {} }],
        display: 'Not now',
      },
    ]);
    expect(await on.page.getByText('Cancelled').isVisible()).toBe(true);

    await show(on, item);
    await on.page.getByRole('button', { name: 'Go' }).click();
    expect(await on.page.locator('dl').innerText()).toContain('Ana');
    expect(
      await on.page
        .locator('.form')
        .evaluate((element) => element === (element.getRootNode() as ShadowRoot).activeElement),
    ).toBe(true);
    expect(await on.page.getByRole('button').count()).toBe(0);

    await show(on, item);
    await on.page.evaluate(() => {
      globalThis.stage.open = false;
    });
    await on.page.getByRole('textbox').focus();
    expect(await on.page.getByText('No longer open').isVisible()).toBe(true);
    expect((await on.said()).length).toBe(2);
  });

  test('shows what was answered before this visit', async () => {
    const on = await open();
    const range = asking(
      { type: 'array', format: 'date' },
      { 'ui:widget': 'DateWidget', 'ui:options': { range: true } },
    );
    const reread = async (form_operation: string, form_data: object) => {
      await on.page.evaluate((answered) => Object.assign(globalThis.stage, { open: false, answered }), {
        response_type: 'form_operation',
        form_operation,
        form_data,
      });
      await show(on, range);
      return on.page.locator('.form').innerText();
    };
    expect(await reread('submit', { a: ['2026-11-02', '2026-11-06'] })).toMatch(
      /The question\s+.*2.*2026.*–.*6.*2026\s+Sent$/,
    );
    expect(await reread('submit', { a: '2026-11-02/2026-11-06' })).toMatch(/2.*2026.*–.*6.*2026/);
    expect(await reread('cancel', {})).toMatch(/Cancelled$/);
  });

  test('a step of a flow without fields is a text to be answered by writing', async () => {
    const on = await open();
    await show(on, {
      response_type: 'multiturn_form',
      json_schema: { description: 'Which day suits you?' },
      activity_info: { action_status: 'pending' },
    });
    expect(await on.page.getByText('Which day suits you?').isVisible()).toBe(true);
    expect(await on.page.getByRole('button').count()).toBe(0);
  });

  test('what a stranger writes into it stays text', async () => {
    const on = await open();
    const evil = '<img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}';
    await show(on, {
      response_type: 'form',
      json_schema: {
        type: 'object',
        title: evil,
        description: evil,
        properties: {
          [evil]: { type: 'string', title: evil, description: evil, default: evil },
          ['__proto__']: { type: 'string' },
          b: { type: 'string', title: 'b', enum: [evil, 'x', 'y', 'z', 'q'], default: evil },
          c: { type: 'array', headers: [{ key: 'a', header: evil }], items: {}, default: [{ a: evil }] },
        },
      },
      ui_schema: { 'ui:submitButtonOptions': { submitText: evil }, [evil]: { 'ui:placeholder': evil } },
    });
    await on.page.getByRole('combobox').click();
    expect(await on.page.locator('.form :is(img, script, iframe)').count()).toBe(0);
    expect(await on.page.locator('.form-title').innerText()).toBe(evil);
    await on.page.locator('button[type=submit]').click();
    const said = (await on.said())[0]?.content as { form_data: Record<string, unknown> }[];
    expect(Object.keys(said[0]?.form_data ?? {})).toEqual([evil, 'b']);
    expect(on.requests).toEqual([]);
  });
});
