import { describe, expect, test } from 'vitest';
import { pageWith, stage } from '../../embed/site.ts';

const lab = stage('test/browser/guest/project');

/** Colours that are hard to write on, each in both themes. */
const STYLES = [
  { headerColor: '#ffee00', primaryColor: '#ffee00', userMessageBackgroundColor: '#ffee00' },
  { headerColor: '#777777', primaryColor: '#777777', userMessageBackgroundColor: '#777777' },
  { headerColor: '#000000', primaryColor: '#000000', userMessageBackgroundColor: '#000000' },
  { headerColor: '#ffffff', primaryColor: '#ffffff', userMessageBackgroundColor: '#ffffff' },
  { headerColor: '#0b8043', primaryColor: '#e91e63', userMessageBackgroundColor: '#3f51b5' },
];

interface Written {
  readonly part: string;
  readonly colour: string;
  readonly ground: string;
  readonly contrast: number;
}

/** Runs in the page: what is written in a chat, on which ground. Colours are painted to read them, whatever they are written in. */
function written(index: number): Written[] {
  const root = document.querySelector(`#at-${index} > *`)?.shadowRoot as ShadowRoot;
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;
  const painted = (layers: readonly string[]): [number, number, number] => {
    canvas.clearRect(0, 0, 1, 1);
    for (const layer of layers) {
      canvas.fillStyle = layer;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
    return [r as number, g as number, b as number];
  };
  const luminance = (rgb: readonly number[]) => {
    const [r, g, b] = rgb.map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const all: Written[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement as HTMLElement;
    if (
      node.textContent?.trim() === '' ||
      !element.checkVisibility() ||
      element.closest('.unseen, .rich-unseen, :disabled, style')
    )
      continue;
    const layers: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement)
      layers.unshift(getComputedStyle(at).backgroundColor);
    const ground = painted(['white', ...layers]);
    const colour = painted([`rgb(${ground})`, getComputedStyle(element).color]);
    const [low, high] = [luminance(ground), luminance(colour)].sort((a, b) => a - b) as [number, number];
    const contrast = Math.round(((high + 0.05) / (low + 0.05)) * 100) / 100;
    all.push({
      part: `${element.localName}.${element.className} ${node.textContent?.trim().slice(0, 20)}`,
      colour: colour.join(),
      ground: ground.join(),
      contrast,
    });
  }
  return all;
}

describe('several chats on a page', () => {
  test.each(['light', 'dark'] as const)('each has its own colours, and can be read, %s', async (theme) => {
    const places = STYLES.map((_, index) => `<div id="at-${index}" class="place"></div>`).join('');
    const { page } = await lab.visit(
      pageWith(`<style>body { display: flex; flex-wrap: wrap } h1 { width: 100% } .place { width: 420px; height: 620px }</style>${places}<script type="module">
import { createChat } from '${lab.host}/clew.js';
const styles = ${JSON.stringify(STYLES)};
const chats = await Promise.all(styles.map((style, index) => createChat({
  agent: 'showcase', rememberThread: false, layout: { form: 'custom', element: document.getElementById('at-' + index) }, style: { ...style, theme: '${theme}' } })));
for (const said of ['code', 'rich', 'citations'])
  await Promise.all(chats.map(async (chat) => {
    const answered = new Promise((resolve) => chat.once('receive', resolve));
    await chat.send(said);
    await answered;
  }));
document.body.dataset.done = '';
</script>`),
      { width: 1400, height: 1400 },
    );
    await page.locator('body[data-done]').waitFor();
    await expect.poll(() => page.locator('code[data-done] span').count()).toBeGreaterThan(STYLES.length * 4);
    await expect.poll(() => page.locator('.rich-ask').count()).toBeGreaterThanOrEqual(STYLES.length * 3);
    await page
      .locator('.actions')
      .nth(STYLES.length * 3 - 1)
      .waitFor();
    for (const [index, style] of STYLES.entries()) {
      const all = await page.evaluate(written, index);
      expect(all.length).toBeGreaterThan(20);
      expect(all.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      const grounds = await page
        .locator(`#at-${index} > *`)
        .evaluate((host) =>
          ['.header', '.bubble'].map(
            (part) => getComputedStyle(host.shadowRoot?.querySelector(part) as Element).backgroundColor,
          ),
        );
      const rgb = (hex: string) =>
        `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
      expect(grounds).toEqual([rgb(style.headerColor), rgb(style.userMessageBackgroundColor)]);
    }
  });
});
