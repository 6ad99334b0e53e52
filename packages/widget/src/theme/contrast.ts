/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

/** What WCAG 2.2 asks of text (1.4.3). */
export const READABLE = 4.5;

/** `#rgb` or `#rrggbb`; undefined for anything else. */
export function parseColor(color: string): Rgb | undefined {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(color.trim())?.[1];
  if (hex === undefined) return undefined;
  const digits = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** How well two colours can be told apart, 1 to 21; 1 when one of them is no colour. */
export function contrast(a: string, b: string): number {
  const [first, second] = [parseColor(a), parseColor(b)];
  if (!first || !second) return 1;
  const [low, high] = [luminance(first), luminance(second)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white (nearly), whichever reads better on the colour: always at least 4.5. */
export function textOn(background: string): string {
  return contrast(background, '#ffffff') >= READABLE
    ? '#ffffff'
    : contrast(background, '#17191c') >= READABLE
      ? '#17191c'
      : '#000000';
}

/** The colour itself where it can be read on `background`, else the nearest one towards white or black that can. */
export function readableOn(color: string, background: string): string {
  const rgb = parseColor(color);
  if (!rgb) return textOn(background);
  const goal = contrast(background, '#ffffff') > contrast(background, '#000000') ? 255 : 0;
  for (let step = 0; step <= 20; step++) {
    const mixed = hexOf(rgb.map((part) => Math.round(part + ((goal - part) * step) / 20)));
    if (contrast(mixed, background) >= READABLE) return mixed;
  }
  return textOn(background);
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function hexOf(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
