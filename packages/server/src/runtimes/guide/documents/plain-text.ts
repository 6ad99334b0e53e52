import type { Token } from 'marked';

/** The words of inline Markdown. */
export function plainText(tokens: readonly Token[] | undefined): string {
  let text = '';
  for (const token of tokens ?? []) {
    if (token.type === 'br') text += ' ';
    else if (token.type === 'html') continue;
    else if ('tokens' in token && token.tokens) text += plainText(token.tokens);
    else if (token.type !== 'image') text += 'text' in token ? String(token.text) : '';
  }
  return text.replace(/\s+/g, ' ');
}
