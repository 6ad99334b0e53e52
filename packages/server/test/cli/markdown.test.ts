import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { markdownStream } from '../../src/cli/render/markdown.ts';

const plain = pc.createColors(false);

function render(source: string, pieces = source.length, { width = 40, style = plain } = {}): string {
  const stream = markdownStream({ width, style });
  let out = '';
  for (let at = 0; at < source.length; at += pieces) out += stream.push(source.slice(at, at + pieces));
  return out + stream.end();
}

const DOCUMENT = `# Embed the chat

Put **one** script on [your page](https://example.com/a#b) and
that is *all*. Use \`npx clew embed\`, see <https://example.com/z>.
snake_case 2*3*4 stays. Hard  
break\\
here.

1. The first item is long enough to be wrapped over two lines
2. Second
   goes on
- a
  - nested __b__

> A quote that is long enough to be wrapped too

\`\`\`html
<b>**raw**</b>

  indented
\`\`\`
| a | b |
|---|---|

---
The [end] of [1] it`;

const RENDERED = `Embed the chat

Put one script on
your page (https://example.com/a#b) and
that is all. Use npx clew embed, see
https://example.com/z. snake_case 2*3*4
stays. Hard
break
here.

1. The first item is long enough to be
   wrapped over two lines
2. Second goes on
• a
  • nested b

│ A quote that is long enough to be
│ wrapped too

    <b>**raw**</b>

      indented
| a | b |
|---|---|

────────────────────────────────────────
The [end] of [1] it
`;

describe('streamed Markdown', () => {
  test('becomes text with layout', () => {
    expect(render(DOCUMENT)).toBe(RENDERED);
  });

  test.each([1, 2, 3, 5, 7, 16, 61])('is the same however it is cut (%i characters at a time)', (pieces) => {
    expect(render(DOCUMENT, pieces)).toBe(RENDERED);
    const style = pc.createColors(true);
    expect(render(DOCUMENT, pieces, { style })).toBe(render(DOCUMENT, undefined, { style }));
  });

  test('shows whole words as soon as they are there', () => {
    const stream = markdownStream({ width: 40, style: plain });
    expect(stream.push('Hel')).toBe('');
    expect(stream.push('lo wor')).toBe('Hello');
    expect(stream.push('ld, this')).toBe(' world,');
    expect(stream.end()).toBe(' this\n');
  });

  test('keeps an unfinished fence and says nothing about nothing', () => {
    expect(render('```\ncode')).toBe('    code\n');
    expect(render('')).toBe('');
    expect(render('\n\n')).toBe('');
  });

  test('uses colours in place of marks', () => {
    const style = pc.createColors(true);
    expect(render('**b c** `d`', undefined, { style })).toBe(
      `${style.bold('b')} ${style.bold('c')} ${style.cyan('d')}\n`,
    );
  });

  test('lets nothing through that would steer the terminal', () => {
    expect(render('a\u001b[2Jb\u001b]0;title\u0007c\u0000d\u202ee\r\nf')).toBe('abcde f\n');
  });

  test('counts wide characters as two columns', () => {
    expect(render('你好 世界 你好', undefined, { width: 10 })).toBe('你好 世界\n你好\n');
  });

  test('styles each word once, however long the paragraph and however small the pieces', () => {
    let styled = 0;
    const counting = {
      ...plain,
      bold: (text: unknown) => {
        styled += 1;
        return String(text);
      },
    };
    const shown = render('**word** '.repeat(11_000), 4, { width: 80, style: counting });
    expect(shown.match(/word/g)).toHaveLength(11_000);
    expect(styled).toBe(11_000);
  });

  test.each(['word ', '[', '[ ', '[a](', '![a](b c ', '<http://', '| a ', '- ', '# ', '`a', '\\['])(
    'gets through a line of 20 kB of %j',
    (text) => {
      const line = text.repeat(20_000 / text.length);
      expect(render(line, 4)).toBe(render(line));
    },
  );

  test('takes what is longer than any link for text, at once or in pieces', () => {
    const long = 'x'.repeat(2_500);
    expect(render(`a [b](${long}) c`, 7, { width: 9_000 })).toBe(`a [b](${long}) c\n`);
    const label = 'word '.repeat(100);
    expect(render(`a [${label}](b) c`, 7, { width: 9_000 })).toBe(`a [${label}](b) c\n`);
    expect(render(`a [b](${'x'.repeat(2_000)}) c`, 7, { width: 9_000 })).toMatch(/^a b \(x{2000}\) c\n$/);
  });

  test('does not take the beginning of an item for a rule', () => {
    expect(render('- - - x')).toBe('• - - x\n');
    expect(render('- - -')).toBe(`${'─'.repeat(40)}\n`);
  });
});
