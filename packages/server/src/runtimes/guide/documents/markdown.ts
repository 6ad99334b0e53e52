import { lexer, type Tokens } from 'marked';
import { parse } from 'yaml';
import { anchorMaker } from './anchor.ts';
import type { ReadFile, ReadResult } from './format.ts';
import { htmlItems } from './html.ts';
import { freeLinks } from './links.ts';
import { type Item, titleFromPath, titleOf, toSections } from './outline.ts';
import { plainText } from './plain-text.ts';

const KINDS: Record<string, 'text' | 'code' | 'list' | 'table'> = {
  paragraph: 'text',
  blockquote: 'text',
  text: 'text',
  code: 'code',
  list: 'list',
  table: 'table',
};

/** Reads Markdown (GitHub's). Ranges count in the file as it is, with lines that end in `\n`. */
export function readMarkdown(text: string, { path, url }: ReadFile): ReadResult {
  const matter = frontMatter(text);
  const tokens = lexer(text.slice(matter.length));
  const anchor = anchorMaker();
  const items: Item[] = [];
  let at = matter.length;
  for (const token of tokens) {
    const start = Math.max(at, text.indexOf(token.raw, at));
    at = start + token.raw.length;
    if (token.type === 'heading') {
      const heading = plainText((token as Tokens.Heading).tokens);
      items.push({ kind: 'heading', level: (token as Tokens.Heading).depth, text: heading, anchor: anchor(heading) });
    } else if (token.type === 'html') {
      for (const item of htmlItems(token.raw, url)) {
        items.push(item.kind === 'heading' ? { ...item, anchor: anchor(item.text) } : { ...item, start, end: at });
      }
    } else {
      const kind = KINDS[token.type];
      const raw = token.raw.replace(/\n+$/, '');
      const shown = (kind === 'code' ? token.raw : freeLinks(token, url)).trimEnd();
      if (kind && shown.trim() !== '') items.push({ kind, text: shown, start, end: start + raw.length });
    }
  }
  const title = matter.title ?? titleOf(items) ?? titleFromPath(path);
  return { title, text, sections: toSections(title, items) };
}

/** YAML between two lines of `---` at the top of a file: how long it is and the title it gives, if any. */
function frontMatter(text: string): { length: number; title?: string } {
  const match = /^---\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(text);
  if (!match) return { length: 0 };
  try {
    const { title } = (parse(match[1]!) ?? {}) as { title?: unknown };
    return {
      length: match[0].length,
      ...(typeof title === 'string' && title.trim() !== '' && { title: title.trim() }),
    };
  } catch {
    return { length: 0 };
  }
}
