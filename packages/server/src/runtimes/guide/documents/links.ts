import type { Token, Tokens } from 'marked';

/**
 * A token of Markdown as written, but with links that work outside of its document: addresses are resolved against `base`, and links that lead nowhere
 * become their text. Images and HTML tags are left out; code is not touched.
 */
export function freeLinks(token: Token, base: string | null): string {
  let result = '';
  let at = 0;
  for (const span of spans(token)) {
    const found = token.raw.indexOf(span.raw, at);
    // Not found where a quote's marks stand in the middle of it: then it stays as it is.
    if (found < 0) continue;
    result += token.raw.slice(at, found) + freed(span, base);
    at = found + span.raw.length;
  }
  return result + token.raw.slice(at);
}

/** Links, images, code and tags in the order in which they stand. */
function* spans(token: Token): Generator<Token> {
  if (/^(link|image|codespan|code|html)$/.test(token.type)) {
    yield token;
  } else if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    for (const cell of [header, ...rows].flat()) for (const inner of cell.tokens) yield* spans(inner);
  } else {
    const inner = token.type === 'list' ? (token as Tokens.List).items : 'tokens' in token ? token.tokens : undefined;
    for (const child of inner ?? []) yield* spans(child);
  }
}

function freed(token: Token, base: string | null): string {
  if (token.type === 'image') return '';
  if (token.type === 'html') return /^<br/i.test(token.raw) ? ' ' : '';
  if (token.type !== 'link') return token.raw;
  const { href, text, raw, tokens } = token as Tokens.Link;
  if (raw === href) return raw;
  const label = tokens
    .map((inner) => freeLinks(inner, base))
    .join('')
    .trim();
  const address = resolveLink(href, base);
  if (label === '' || address === null) return label;
  return raw === `<${text}>` ? raw : `[${label}](${address})`;
}

/** The address that `href` means in a document at `base`; null when nobody can open it. Only web and mail addresses count. */
export function resolveLink(href: string, base: string | null): string | null {
  if (/^(https?:\/\/|mailto:)/i.test(href)) return href.replace(/[\s()<>]/g, percent);
  if (href === '' || /^[a-z][a-z0-9+.-]*:/i.test(href) || base === null) return null;
  const rooted = base.startsWith('/');
  const url = URL.parse(href, rooted ? `http://root.invalid${base}` : base);
  if (!url) return null;
  const address = rooted && url.host === 'root.invalid' ? url.pathname + url.search + url.hash : url.href;
  return address.replace(/[\s()<>]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
}
