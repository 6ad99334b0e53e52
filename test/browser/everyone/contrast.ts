import type { Page } from 'playwright-core';

/**
 * Texts, signs and frames of fields inside the chat and its launcher that stand out too little from what they are on: less than 4.5 to 1 for text, 3 for
 * large text, signs and frames (WCAG 2.2, 1.4.3 and 1.4.11). Colours are laid over each other as the browser does; of a gradient the worst colour
 * counts. What cannot be used need not be read. axe gives up on much of this.
 */
export function faint(page: Page): Promise<{ readonly checked: number; readonly wrong: string[] }> {
  return page.evaluate(() => {
    type Color = [number, number, number, number];
    const pen = document
      .createElement('canvas')
      .getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const known = new Map<string, Color>();
    const colorOf = (css: string): Color => {
      const found = known.get(css);
      if (found) return found;
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = css;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data as unknown as Color;
      const color: Color = [r, g, b, a / 255];
      known.set(css, color);
      return color;
    };
    const over = ([r, g, b, a]: Color, under: Color): Color => {
      const mix = (top: number, bottom: number) => top * a + bottom * (1 - a);
      return [mix(r, under[0]), mix(g, under[1]), mix(b, under[2]), 1];
    };
    const light = (color: Color) => {
      const [r, g, b] = color.slice(0, 3).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a: Color, b: Color) => {
      const [low, high] = [light(a), light(b)].sort((x, y) => x - y) as [number, number];
      return (high + 0.05) / (low + 0.05);
    };
    const parentOf = (element: Element): Element | null =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;
    /** What can be behind an element, itself included. */
    const grounds = (element: Element | null): Color[] => {
      const layers: Color[][] = [];
      for (let at = element; at; at = parentOf(at)) {
        const { backgroundColor, backgroundImage } = getComputedStyle(at);
        const stops = backgroundImage.match(/(?:rgba?|color|oklab|oklch)\([^()]*\)/g);
        if (stops) layers.push(stops.map(colorOf));
        const color = colorOf(backgroundColor);
        layers.push([color]);
        if (color[3] === 1) break;
      }
      return layers.reduceRight<Color[]>(
        (under, layer) => under.flatMap((one) => layer.map((color) => over(color, one))),
        [[255, 255, 255, 1]],
      );
    };
    const opacityOf = (element: Element) => {
      let opacity = 1;
      for (let at: Element | null = element; at; at = parentOf(at)) opacity *= Number(getComputedStyle(at).opacity);
      return opacity;
    };
    let checked = 0;
    const wrong: string[] = [];
    const check = (element: Element, css: string, ground: Element | null, least: number, what: string) => {
      const color = colorOf(css);
      const worst = Math.min(
        ...grounds(ground).map((one) =>
          ratio(over([color[0], color[1], color[2], color[3] * opacityOf(element)], one), one),
        ),
      );
      checked += 1;
      if (worst < least - 0.01)
        wrong.push(
          `${what} ${element.tagName.toLowerCase()}.${element.getAttribute('class')}: ${worst.toFixed(2)} of ${least}`,
        );
    };
    const roots = [...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? []);
    for (const element of roots.flatMap((root) => [...root.querySelectorAll<HTMLElement>('*')])) {
      const style = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      if (
        width < 2 ||
        height < 2 ||
        style.visibility !== 'visible' ||
        opacityOf(element) === 0 ||
        element.closest(':disabled, [inert], .unseen')
      )
        continue;
      // What breathes does so between full strength and a weaker one; the stronger is where it stands still.
      const words = [...element.childNodes].find((node) => node instanceof Text && node.data.trim() !== '');
      const [size, weight] = [Number.parseFloat(style.fontSize), Number(style.fontWeight)];
      const large = size >= 24 || (size >= 18.66 && weight >= 700);
      if (words) check(element, style.color, element, large ? 3 : 4.5, `"${words.textContent?.trim().slice(0, 20)}"`);
      if (element.matches('button')) check(element, style.color, element, 3, 'button');
      if (element.matches('svg'))
        check(element, style.stroke === 'none' ? style.color : style.stroke, element, 3, 'sign');
      if (!element.matches('input, select, textarea')) continue;
      if (element.matches('[placeholder]'))
        check(element, getComputedStyle(element, '::placeholder').color, element, 4.5, 'placeholder');
      const framed = element.closest('.composer') ?? element;
      const edge = getComputedStyle(framed);
      if (edge.borderTopWidth !== '0px' && edge.borderTopStyle !== 'none')
        check(framed, edge.borderTopColor, parentOf(framed), 3, 'frame');
    }
    return { checked, wrong: [...new Set(wrong)] };
  });
}
