import type { ChatOptions } from '../config/options.ts';
import { contrast, parseColor, READABLE, readableOn, textOn } from './contrast.ts';

type Style = ChatOptions['style'];

/** What text stands on in either theme: `--clew-paper` and the darkest (lightest) surface of `theme.css`. */
const PAPER = { light: '#ffffff', dark: '#131416' } as const;
const RAISED = { light: '#f4f5f6', dark: '#202226' } as const;

/** What the page's wishes change of `theme.css`: custom properties by name. A colour that is none is passed over. */
export function tokensOf(style: Style, theme: 'light' | 'dark'): Record<string, string> {
  const tokens: Record<string, string> = {};
  const pair = (name: string, color: string | undefined): string | undefined => {
    if (color === undefined || !parseColor(color)) return undefined;
    tokens[`--clew-${name}`] = color;
    tokens[`--clew-on-${name}`] = textOn(color);
    return color;
  };
  const primary = pair('primary', style.primaryColor);
  if (primary) {
    const onPaper = readableOn(primary, PAPER[theme]);
    tokens['--clew-thread'] =
      contrast(onPaper, RAISED[theme]) >= READABLE ? onPaper : readableOn(primary, RAISED[theme]);
  }
  pair('header', style.headerColor);
  pair('bubble', style.userMessageBackgroundColor);
  if (style.fontFamily) tokens['--clew-sans'] = style.fontFamily;
  return tokens;
}

/** Gives `element` the theme and keeps it in step with the reader's system. Call what it returns to stop. */
export function applyTheme(element: HTMLElement, style: Style): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let given: string[] = [];
  const apply = (): void => {
    const theme = style.theme === 'auto' ? (system.matches ? 'dark' : 'light') : style.theme;
    element.dataset.theme = theme;
    for (const name of given) element.style.removeProperty(name);
    const tokens = tokensOf(style, theme);
    given = Object.keys(tokens);
    for (const name of given) element.style.setProperty(name, tokens[name] as string);
  };
  apply();
  system.addEventListener('change', apply);
  return () => system.removeEventListener('change', apply);
}
