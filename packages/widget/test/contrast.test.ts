import { describe, expect, test } from 'vitest';
import type { ChatOptions } from '../src/config/options.ts';
import { contrast, parseColor, READABLE, readableOn, textOn } from '../src/theme/contrast.ts';
import { tokensOf } from '../src/theme/tokens.ts';

const STEPS = ['00', '33', '66', '80', '99', 'cc', 'ff'];
const COLORS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)));
const STYLE: ChatOptions['style'] = {
  headerColor: undefined,
  primaryColor: undefined,
  userMessageBackgroundColor: undefined,
  showBackgroundGradient: true,
  fontFamily: undefined,
  theme: 'auto',
};

describe('contrast', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#fff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
    ['red', '#ffffff', 1],
  ])('of %s on %s is %d', (a, b, expected) => {
    expect(contrast(a, b)).toBeCloseTo(expected, 2);
    expect(contrast(b, a)).toBeCloseTo(expected, 2);
  });

  test('reads colours in hex only', () => {
    expect(parseColor('#F2c230')).toEqual([242, 194, 48]);
    expect(parseColor('#abc')).toEqual([170, 187, 204]);
    for (const no of ['', 'red', '#12', '#12345g', 'url(x)', '#12345678']) expect(parseColor(no)).toBeUndefined();
  });

  test('what stands on any colour can be read', () => {
    for (const color of COLORS) expect(contrast(textOn(color), color), color).toBeGreaterThanOrEqual(READABLE);
  });

  test.each(['#ffffff', '#131416', '#f4f5f6', '#202226'])('any colour can be made to be read on %s', (background) => {
    for (const color of COLORS) {
      const readable = readableOn(color, background);
      expect(contrast(readable, background), color).toBeGreaterThanOrEqual(READABLE);
      if (contrast(color, background) >= READABLE) expect(readable).toBe(color);
    }
  });
});

describe('the tokens of a page', () => {
  test('are none where it wishes nothing, or nonsense', () => {
    expect(tokensOf(STYLE, 'light')).toEqual({});
    expect(tokensOf({ ...STYLE, primaryColor: 'url(https://evil.example)', headerColor: 'red' }, 'dark')).toEqual({});
  });

  test.each(['light', 'dark'] as const)('pair every colour with a text that can be read on it, %s', (theme) => {
    for (const color of COLORS) {
      const tokens = tokensOf(
        { ...STYLE, primaryColor: color, headerColor: color, userMessageBackgroundColor: color },
        theme,
      );
      for (const name of ['primary', 'header', 'bubble']) {
        const [on, under] = [tokens[`--clew-on-${name}`] ?? '', tokens[`--clew-${name}`] ?? ''];
        expect(contrast(on, under), `${name} ${color}`).toBeGreaterThanOrEqual(READABLE);
      }
      for (const paper of theme === 'light' ? ['#ffffff', '#f4f5f6'] : ['#131416', '#202226']) {
        expect(contrast(tokens['--clew-thread'] ?? '', paper), color).toBeGreaterThanOrEqual(READABLE);
      }
    }
  });
});
