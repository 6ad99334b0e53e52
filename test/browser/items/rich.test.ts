import { describe, expect, test } from 'vitest';
import { type Stage, stage } from './harness.ts';

const place = stage();
const show = ({ page }: Stage, ...items: object[]) => page.evaluate((all) => globalThis.stage.show(...all), items);
const text = (words: string) => ({ response_type: 'text', text: words });

describe('nothing is loaded from another server before a click', () => {
  test.each([
    ['image', 'Show image', '/a.png', 'img'],
    ['video', 'Play video', '/a.mp4', 'video'],
    ['audio', 'Play audio', '/a.mp3', 'audio'],
    ['iframe', 'Show content', '/page', 'iframe'],
  ])('%s', async (response_type, action, path, tag) => {
    const on = await place.open();
    const source = `${place.other}${path}`;
    await show(on, { response_type: 'card', body: [{ response_type, source, title: 'The lake' }] });
    const button = on.page.getByRole('button', { name: action });
    expect(await button.innerText()).toContain(new URL(place.other).host);
    expect(await on.page.locator('img, video, audio, iframe').count()).toBe(0);
    expect(on.requests).toEqual([]);

    const asked = on.page.waitForRequest(source);
    await button.press('Enter');
    // Video and audio have no policy of their own: of the page they may tell the origin.
    const referer = (await asked).headers().referer || undefined;
    expect(referer).toBe(tag === 'img' || tag === 'iframe' ? undefined : new URL(on.page.url()).href);
    const shown = on.page.locator(tag).or(on.page.getByText('This could not be loaded.'));
    await shown.first().waitFor();
    expect(await button.count()).toBe(0);
  });

  test('a frame is never trusted, not even with one of the own server', async () => {
    const on = await place.open();
    await show(on, { response_type: 'iframe', source: '/page', title: 'Map', image_url: `${place.other}/a.png` });
    expect(on.requests).toEqual([]);
    await on.page.getByRole('button', { name: 'Show content' }).click();
    const frame = on.page.locator('iframe');
    await frame.waitFor();
    const attributes = await frame.evaluate((element) =>
      Object.fromEntries(
        ['sandbox', 'referrerpolicy', 'title', 'allow'].map((name) => [name, element.getAttribute(name)]),
      ),
    );
    expect(attributes).toEqual({
      sandbox: 'allow-scripts allow-forms allow-popups',
      referrerpolicy: 'no-referrer',
      title: 'Map',
      allow: null,
    });
    expect(await frame.evaluate((element) => element === (element.getRootNode() as ShadowRoot).activeElement)).toBe(
      true,
    );
  });

  test('media of the own server are shown at once, and say so when they are gone', async () => {
    const on = await place.open();
    await show(on, { response_type: 'image', source: '/a.png', alt_text: 'A pixel', title: 'Pixel' });
    expect(await on.page.getByRole('img', { name: 'A pixel' }).getAttribute('src')).toMatch(/^http:\/\/localhost/);
    await show(on, { response_type: 'image', source: '/missing.png', title: 'Gone' });
    await on.page.getByText('This could not be loaded.').waitFor();
  });

  test.each(['javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'blob:x', 'file:///etc/passwd', '', 7])(
    'the address %j is refused',
    async (source) => {
      const on = await place.open();
      const kinds = ['image', 'video', 'audio', 'iframe'];
      await show(
        on,
        ...kinds.map((response_type) => ({ response_type, source, title: '<img src=x onerror=alert(1)>' })),
      );
      expect(await on.page.locator('.broken').count()).toBe(kinds.length);
      expect(on.requests).toEqual([]);
    },
  );
});

describe('cards and rows of them', () => {
  test('a carousel turns by buttons and by keys, in either direction of writing', async () => {
    for (const dir of [undefined, 'rtl'] as const) {
      const on = await place.open({ ...(dir ? { dir } : {}), width: 390 });
      const cards = [1, 2, 3, 4].map((n) => ({
        response_type: 'card',
        body: [text(`Card ${n}`)],
        footer: [{ response_type: 'button', label: `Choose ${n}` }],
      }));
      await show(on, { response_type: 'carousel', items: cards });
      if (dir) await on.page.locator('main').evaluate((main) => main.setAttribute('dir', 'rtl'));
      const row = on.page.getByRole('group', { name: 'Items to browse' });
      const inSight = (n: number) =>
        on.page.waitForFunction((number) => {
          const root =
            document.body.firstElementChild?.nextElementSibling?.shadowRoot ??
            document.querySelector('div')?.shadowRoot;
          const [slide, frame] = [
            root?.querySelectorAll('.rich-slide')[number - 1],
            root?.querySelector('.rich-row'),
          ].map((one) => one?.getBoundingClientRect());
          return slide && frame && slide.left >= frame.left - 3 && slide.right <= frame.right + 3;
        }, n);
      const [back, on_] = [
        on.page.getByRole('button', { name: 'Previous' }),
        on.page.getByRole('button', { name: 'Next' }),
      ];
      expect(await back.getAttribute('aria-disabled')).toBe('true');
      await on_.click();
      await inSight(2);
      await row.focus();
      await on.page.keyboard.press(dir ? 'ArrowLeft' : 'ArrowRight');
      await inSight(3);
      await on.page.keyboard.press('End');
      await inSight(4);
      expect(await on_.getAttribute('aria-disabled')).toBe('true');
      await on.page.keyboard.press('Home');
      await inSight(1);
      expect(await on.page.locator('.rich-place').innerText()).toBe('1 / 4');
    }
  });

  test('a grid has the columns it asks for, and no others that would do harm', async () => {
    const on = await place.open();
    const rows = [
      { cells: [{ items: [text('a')] }, { items: [text('b')] }] },
      { cells: [{ items: [text('c')] }, null] },
    ];
    const widths = (columns: unknown) =>
      show(on, { response_type: 'grid', columns, rows }).then(() =>
        on.page.locator('.rich-cells').evaluate((grid) => grid.style.getPropertyValue('--rich-columns')),
      );
    expect(await widths([{ width: '1' }, { width: '2' }])).toBe('minmax(0, 1fr) minmax(0, 2fr)');
    expect(await widths([{ width: '80px' }])).toBe('80px minmax(0, 1fr)');
    expect(await widths([{ width: '1fr);background:url(x)' }, { width: {} }])).toBe('minmax(0, 1fr) minmax(0, 1fr)');
    expect(await on.page.locator('.rich-cell').allInnerTexts()).toEqual(['a', 'b', 'c', '']);
  });

  test('a card, a carousel or a grid with nothing in it is refused', async () => {
    const on = await place.open();
    await show(
      on,
      { response_type: 'card' },
      { response_type: 'carousel', items: 'x' },
      { response_type: 'grid', rows: [{}] },
    );
    expect(await on.page.locator('.broken').count()).toBe(3);
  });
});

test('a date is said as people write it, once, while it is asked for', async () => {
  const on = await place.open({ locale: 'de' });
  await show(on, { response_type: 'card', body: [{ response_type: 'date', title: 'Which day?' }] });
  await on.page.getByLabel('Which day?').fill('2026-02-28');
  await on.page.getByRole('button', { name: 'Send' }).press('Enter');
  expect(await on.said()).toEqual([{ content: '2026-02-28', display: '28. Februar 2026' }]);
  expect(await on.page.getByLabel('Which day?').isDisabled()).toBe(true);

  await show(on, { response_type: 'card', body: [{ response_type: 'date', title: 'Which day?' }] });
  await on.page.locator('.rich-card').evaluate((card) => {
    globalThis.stage.open = false;
    card.dispatchEvent(new Event('clew:closed'));
  });
  expect(await on.page.getByLabel('Which day?').isDisabled()).toBe(true);
});
