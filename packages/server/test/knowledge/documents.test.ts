import { describe, expect, test } from 'vitest';
import type { KnowledgeDocument } from '../../src/ports/index.ts';
import { readDocument } from '../../src/runtimes/guide/documents/index.ts';
import { pdfFile } from './pdf-file.ts';

function read(path: string, content: string | Uint8Array, url: string | null = null): Promise<KnowledgeDocument> {
  return readDocument({ path, bytes: typeof content === 'string' ? Buffer.from(content) : content, url });
}

function outline({ passages }: KnowledgeDocument) {
  return passages.map(({ headings, anchor }) => `${headings.join(' > ')} #${anchor}`);
}

describe('Markdown', () => {
  test('headings give passages their trail and the anchors that GitHub gives', async () => {
    const doc = await read(
      'a.md',
      '# The *big* Manual\n\nIntro\n\n## Use `clew dev`: now!\n\none\n\n### Déjà vu_x\n\ntwo\n\n## Use clew dev now\n\nthree\n\n# Appendix\n\n### Deep\n\nfour',
    );
    expect(doc.title).toBe('The big Manual');
    expect(outline(doc)).toEqual([
      'The big Manual #the-big-manual',
      'The big Manual > Use clew dev: now! #use-clew-dev-now',
      'The big Manual > Use clew dev: now! > Déjà vu_x #déjà-vu_x',
      'The big Manual > Use clew dev now #use-clew-dev-now-1',
      'The big Manual > Appendix > Deep #deep',
    ]);
  });

  test('the title comes from the front matter, the first heading or the name of the file', async () => {
    expect((await read('a.md', '---\ntitle: From above\n---\n# Heading\n\ntext')).title).toBe('From above');
    expect((await read('a.md', '---\nnot: [yaml\n---\ntext')).title).toBe('A');
    expect((await read('docs/getting-started.md', '## Second level\n\ntext')).title).toBe('Getting started');
    expect((await read('empty.md', '')).passages).toEqual([]);
  });

  test('code, lists and tables stay with the text that leads to them', async () => {
    const lead = `${'Some words to fill the passage. '.repeat(25)}`;
    const code = `\`\`\`html\n<script src="x"></script>\n${'<!-- a long line of code -->\n'.repeat(60)}\`\`\``;
    const doc = await read(
      'a.md',
      `# T\n\n${lead}\n\nThen put this into your page:\n\n${code}\n\n- one\n- two\n\n${lead}`,
    );
    expect(doc.passages.map(({ text }) => text)).toEqual([
      lead.trim(),
      `Then put this into your page:\n\n${code}\n\n- one\n- two`,
      lead.trim(),
    ]);
  });

  test('ranges count code points of the file', async () => {
    const text = '# T\r\n\r\n\u{1F9F6} first\r\n\r\n## \u{1D6D1}\r\n\r\nsecond \u{1D6D1} one\r\n\r\n\r\n> third';
    const doc = await read('a.md', text);
    const points = [...text.replaceAll('\r\n', '\n')];
    expect(doc.passages.map(({ start, end }) => points.slice(start, end).join(''))).toEqual([
      '\u{1F9F6} first',
      'second \u{1D6D1} one\n\n\n> third',
    ]);
  });

  test('links work outside of the document, or become text', async () => {
    const text =
      '[rel](config.md#port) [top](/a b) [abs](https://x.y/(z)) [ref][r] [bad](javascript:alert) ![img](a.png) <b>bold</b> `[c](d)`<br>end\n\n[r]: https://ref.example "T"\n\n```\n[code](x.md)\n```';
    const shown = async (url: string | null) => (await read('docs/a.md', text, url)).passages[0]?.text;
    expect(await shown(null)).toBe(
      'rel [top](/a b) [abs](https://x.y/%28z%29) [ref](https://ref.example) bad  bold `[c](d)` end\n\n```\n[code](x.md)\n```',
    );
    expect(await shown('https://clew.example/docs/a.md')).toContain('[rel](https://clew.example/docs/config.md#port)');
    expect(await shown('/docs/a.html')).toContain('[rel](/docs/config.md#port)');
  });

  test('HTML in Markdown is read, comments are not', async () => {
    const doc = await read(
      'README.md',
      '<h1 align="center">Clew</h1>\n\n<!-- secret -->\n\n<p>A <b>thread</b>.</p>\n\n<details><summary>More</summary>\n\ninner\n\n</details>',
    );
    expect(doc.title).toBe('Clew');
    expect(doc.passages.map(({ text }) => text).join('\n')).toBe('A **thread**.\n\nMore\n\ninner');
  });

  test('no passage is without end', async () => {
    for (const block of [
      'word '.repeat(20_000),
      'x'.repeat(50_000),
      `\`\`\`\n${'line\n'.repeat(10_000)}\`\`\``,
      '\u{1F9F6}'.repeat(9_999),
      '- item\n'.repeat(5_000),
    ]) {
      const { passages } = await read('a.md', block);
      expect(Math.max(...passages.map(({ text }) => text.length))).toBeLessThanOrEqual(8_002);
      expect(passages.every(({ text }) => text.isWellFormed())).toBe(true);
      expect(passages.every(({ start, end }, at) => start < end && start >= (passages[at - 1]?.end ?? 0))).toBe(true);
    }
  });
});

describe('HTML', () => {
  const page = `<!doctype html><html><head><title>Site title</title><style>p{}</style><script>var x = "<p>no</p>"</script></head><body>
    <nav>Menu</nav><header>Banner words</header>
    <main><h1>Page</h1><p>Hello <b>big</b> <a href="/x">link</a>, a*b &lt;tag&gt; <code>co\`de</code><br>next</p>
    <div aria-hidden="true">hidden</div><div hidden>hidden</div>
    <section id="sec"><h2>Section</h2><ul><li>one<ul><li>sub</li></ul></li><li><p>two</p></li></ul>
    <pre><code class="language-js">let a = 1;\nlet b;</code></pre>
    <h3><a id="deep"></a>Deep <a href="#deep">¶</a></h3><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3</td></tr></table>
    <dl><dt>Term</dt><dd>Meaning</dd></dl></section></main><footer>Foot</footer></body></html>`;

  test('the main part is read as Markdown', async () => {
    const doc = await read('a.html', page, 'https://example.com/d/');
    expect(doc.title).toBe('Page');
    expect(outline(doc)).toEqual(['Page #null', 'Page > Section #sec', 'Page > Section > Deep #deep']);
    expect(doc.passages.map(({ text }) => text)).toEqual([
      'Hello **big** [link](https://example.com/x), a\\*b \\<tag> `` co`de ``\nnext',
      '- one\n  - sub\n- two\n\n```js\nlet a = 1;\nlet b;\n```',
      '| a | b |\n| --- | --- |\n| 1 | 2\\|3 |\n\n**Term**\n\nMeaning',
    ]);
  });

  test('a page without headings has its title, one without a title the name of its file', async () => {
    expect(await read('a.html', '<title> My\n page </title>text')).toMatchObject({
      title: 'My page',
      passages: [{ text: 'text' }],
    });
    expect((await read('my_page.htm', '<p>text')).title).toBe('My page');
  });

  test('broken pages are read as far as they go', async () => {
    const doc = await read('a.html', '<p>one<div>two<p>three</b></span><table><tr><td>four');
    expect(doc.passages[0]?.text).toBe('one\n\ntwo\n\nthree\n\n| four |\n| --- |');
  });
});

describe('plain text', () => {
  test('paragraphs and underlined headings; what Markdown would take for markup is escaped', async () => {
    const doc = await read(
      'notes.txt',
      'Title\n=====\n\nOne *two*\nthree <b>.\n\n- a\n- b\n\nHead\n----\n# not a heading',
    );
    expect(doc.title).toBe('Title');
    expect(outline(doc)).toEqual(['Title #null', 'Title > Head #null']);
    expect(doc.passages.map(({ text }) => text)).toEqual([
      'One \\*two\\*\nthree \\<b>.\n\n- a\n- b',
      '\\# not a heading',
    ]);
  });

  test.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffGröße')],
    ['UTF-16 little', Buffer.from('\ufeffGröße', 'utf16le')],
    ['UTF-16 big', Buffer.from('\ufeffGröße', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('Größe', 'latin1')],
  ])('%s', async (_, bytes) => {
    expect((await read('a.txt', bytes)).passages[0]?.text).toBe('Größe');
  });
});

describe('PDF', () => {
  const page = [
    { text: 'Train manual', size: 24, y: 780 },
    { text: 'Tickets', size: 16, y: 740 },
    { text: 'A ticket is valid for one jour-', size: 11, y: 715 },
    { text: 'ney (there and back).', size: 11, y: 701 },
    { text: 'Keep it.', size: 11, y: 670 },
  ];

  test('larger lines are headings, anchors are pages', async () => {
    const doc = await read('train.pdf', pdfFile([page, [{ text: 'See the timetable.', size: 11, y: 780 }]]));
    expect(doc.title).toBe('Train manual');
    expect(outline(doc)).toEqual(['Train manual > Tickets #page=1', 'Train manual > Tickets #page=2']);
    expect(doc.passages.map(({ text }) => text)).toEqual([
      'A ticket is valid for one journey (there and back).\n\nKeep it.',
      'See the timetable.',
    ]);
  });

  test('its own title counts first', async () => {
    expect((await read('train.pdf', pdfFile([page], 'The title inside'))).title).toBe('The title inside');
  });

  test('one without text, or a broken one, says so', async () => {
    await expect(read('scan.pdf', pdfFile([[]]))).rejects.toThrow('The PDF has no text: it may be a scan.');
    await expect(read('broken.pdf', '%PDF-1.4 nonsense')).rejects.toThrow('The PDF is broken and cannot be read.');
  });
});

test('other files are refused in words for the person who put them there', async () => {
  await expect(read('a.docx', 'PK')).rejects.toThrow(
    'Files that end in .docx cannot be read. Give Markdown, plain text, HTML or PDF.',
  );
  await expect(read('a.md', Buffer.from([0x89, 0x50, 0, 1]))).rejects.toThrow('The file is not text.');
});

test('the hash changes with the content and with the address', async () => {
  const hashes = await Promise.all([
    read('a.md', 'x'),
    read('b.md', 'x'),
    read('a.md', 'y'),
    read('a.md', 'x', 'https://x.y'),
  ]);
  const [one, same, content, address] = hashes.map(({ hash }) => hash);
  expect(one).toBe(same);
  expect(new Set([one, content, address]).size).toBe(3);
});
