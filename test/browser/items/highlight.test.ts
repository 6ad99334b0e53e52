import { expect, test } from 'vitest';
import { stage } from './harness.ts';

const { open } = stage();

const CODE: readonly (readonly [language: string, text: string, found: readonly string[]])[] = [
  ['ts', 'const a: string = `x` + 1; // why', ['hl-keyword const', 'hl-comment // why', 'hl-number 1']],
  ['JavaScript', "import { a } from './b.js';", ['hl-keyword import', "hl-string './b.js'"]],
  ['json', '{ "a": [1, true] }', ['hl-attr "a"', 'hl-number 1', 'hl-literal true']],
  ['sh', 'echo "$HOME" # home', ['hl-variable $HOME', 'hl-comment # home']],
  ['python', 'def f(): return None', ['hl-keyword def', 'hl-title f']],
  ['yaml', 'name: guide', ['hl-attr name:']],
  [
    'html',
    '<a href="x"><script>let a</script><style>b{color:red}</style></a>',
    ['hl-name a', 'hl-keyword let', 'hl-attribute color'],
  ],
  ['css', 'a:hover > .b { color: #fff !important }', ['hl-selector-class .b', 'hl-attribute color', 'hl-number #fff']],
  ['sql', "SELECT count(*) FROM t WHERE a = 'b' -- all", ['hl-keyword SELECT', "hl-string 'b'", 'hl-comment -- all']],
  ['java', 'public class A {}', ['hl-keyword public', 'hl-title A']],
];

test('colours code as nodes and changes no letter of it', async () => {
  const { page, requests } = await open();
  for (const [language, text, found] of CODE) {
    const got = await page.evaluate(
      ([name, code]) => {
        globalThis.stage.show();
        globalThis.stage.code(name, code);
        const shown = document.querySelector('div')?.shadowRoot?.querySelector('code');
        return {
          text: shown?.textContent,
          spans: [...(shown?.querySelectorAll('span') ?? [])].map((span) => `${span.className} ${span.textContent}`),
        };
      },
      [language, text] as const,
    );
    expect(got.text, language).toBe(text);
    expect(got.spans, language).toEqual(expect.arrayContaining([...found]));
  }
  expect(requests).toEqual([]);
});

test('what it does not know stays as it is, and code that is HTML stays code', async () => {
  const { page } = await open();
  const plain = await page.evaluate(() => {
    globalThis.stage.show();
    globalThis.stage.code('brainfuck', '+[>]');
    globalThis.stage.code('', 'x');
    globalThis.stage.code('js', 'x'.repeat(50_001));
    globalThis.stage.code('html', '<img src=x onerror="alert(1)"><script>alert(1)</script>');
    const root = document.querySelector('div')?.shadowRoot;
    return {
      spans: [...(root?.querySelectorAll('code') ?? [])].map((code) => code.childElementCount > 0),
      images: root?.querySelectorAll('img, script').length,
    };
  });
  expect(plain).toEqual({ spans: [false, false, false, true], images: 0 });
});

test('its colours can be read in either theme', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open({ colorScheme });
    await page.evaluate((all) => {
      globalThis.stage.show();
      for (const [language, text] of all) globalThis.stage.code(language, text);
    }, CODE);
    const worst = await page.evaluate(() => {
      const root = document.querySelector('div')?.shadowRoot as ShadowRoot;
      const light = (color: string): number => {
        const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const paper = light(getComputedStyle(root.querySelector('pre') as Element).backgroundColor);
      const contrasts = [...root.querySelectorAll('code span')].map((span) => {
        const ink = light(getComputedStyle(span).color);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      });
      return Math.min(...contrasts);
    });
    expect(worst).toBeGreaterThanOrEqual(4.5);
  }
});
