import { expect } from 'vitest';
import type { Stage } from './harness.ts';

/** A form with one field `a`. */
export const asking = (
  schema: object,
  look: object = {},
  more: { data?: unknown; ui?: object; required?: boolean } = {},
) => ({
  response_type: 'forms',
  name: 'form_1',
  json_schema: {
    type: 'object',
    title: 'A form',
    properties: { a: { title: 'The question', ...schema } },
    required: more.required ? ['a'] : [],
  },
  ui_schema: { a: look, ...more.ui },
  form_data: more.data === undefined ? {} : { a: more.data },
});

export const show = ({ page }: Stage, ...items: object[]) =>
  page.evaluate((all) => globalThis.stage.show(...all), items);

/** Sends the form and gives its data and what the reader is said to have said. */
export async function sent({ page, said }: Stage): Promise<{ data: unknown; display: string | undefined }> {
  await page.getByRole('button', { name: 'Submit' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Sent', { exact: true }).waitFor();
  const last = (await said()).at(-1);
  const [item] = (last?.content ?? []) as { form_data: { a?: unknown } }[];
  expect(item).toMatchObject({ response_type: 'form_operation', form_operation: 'submit' });
  return { data: item?.form_data.a, display: last?.display };
}
