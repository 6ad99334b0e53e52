/** Runs in the page: what the parts of the chat look like, and where they are. */
export function measure(): Record<string, unknown> {
  const PARTS = [
    'button',
    '.frame',
    '.root',
    '.header',
    '.header .title',
    '.tool',
    '.avatar',
    '.scroll',
    '.column',
    '.composer',
    'textarea',
    '.send',
    '.greeting',
    '.lead',
    '.prompts button',
    '.question',
    '.bubble',
    '.reply',
    '.steps summary',
    '.prose',
    '.prose p',
    '.prose table',
    '.prose th',
    '.prose td',
    '.prose a',
    '.prose blockquote',
    '.prose li',
    '.code',
    '.code-head',
    'pre',
    'pre code',
    'pre code span',
    '.rich-card',
    '.rich-ask',
    '.rich-cells',
    '.rich-carousel',
    '.rich-date input',
    '.chip',
    '.actions-place button',
    '.plain',
  ];
  const STYLES = [
    'display',
    'position',
    'color',
    'backgroundColor',
    'fontFamily',
    'fontSize',
    'fontWeight',
    'lineHeight',
    'letterSpacing',
    'wordSpacing',
    'textTransform',
    'textIndent',
    'textAlign',
    'whiteSpace',
    'padding',
    'margin',
    'border',
    'borderRadius',
    'boxShadow',
    'opacity',
    'visibility',
    'transform',
    'cursor',
    'direction',
    'outline',
    'userSelect',
    'overflow',
    'colorScheme',
    'accentColor',
    'caretColor',
    'scrollbarColor',
    'webkitTextStroke',
    'fill',
    'stroke',
    'float',
    'gap',
  ] as const;
  const found: Record<string, unknown> = {};
  const roots = [...document.querySelectorAll('*')].flatMap((element) =>
    element.shadowRoot && /wxo-|^$/.test(element.className) ? [element.shadowRoot] : [],
  );
  roots.forEach((root, at) => {
    for (const part of PARTS) {
      const element = root.querySelector(part);
      if (!element) continue;
      const style = getComputedStyle(element);
      const { x, y, width, height } = element.getBoundingClientRect();
      const round = (value: number) => Math.round(value * 100) / 100;
      const name = `${at} ${part}`;
      found[name] = {
        box: [x, y, width, height].map(round),
        ...Object.fromEntries(STYLES.map((property) => [property, style[property as keyof CSSStyleDeclaration]])),
      };
      // Whether it can be pressed: nothing lies over it.
      if (part === 'textarea' || part === 'button') {
        const top = root.elementFromPoint(x + width / 2, y + height / 2);
        found[`${name} on top`] = width === 0 || top === element || element.contains(top);
      }
    }
  });
  return found;
}
