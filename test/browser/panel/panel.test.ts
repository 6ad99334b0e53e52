import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { DOCUMENTS } from '../../../packages/widget/test/markdown-documents.ts';
import { panelStage } from './harness.ts';

const { open } = panelStage();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ANSWER =
  'Intro with [a link](https://example.org).\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a = 1;\n```\n\nThe end.\n';
const HOSTILE = [
  '<img src="https://evil.example/x.png">',
  '![pixel](https://evil.example/pixel.png)',
  '<iframe src="https://evil.example/"></iframe>',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<svg onload=alert(1)><image href="https://evil.example/y.png"/></svg>',
  '[x](javascript:alert(1)) [y](data:text/html,<script>alert(1)</script>)',
  '<script src="https://evil.example/x.js"></script>',
  '<div style="background:url(https://evil.example/z)">x</div>',
  '<a href="javascript:alert(1)">x</a> [z](jav&#x09;ascript:alert(1))',
  '<base href="https://evil.example/"><form action="https://evil.example/"><button>x</button></form>',
];

describe('the panel', () => {
  test('keeps finished blocks while an answer streams, and says what it says', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      globalThis.panelStage.mount();
      const stage = globalThis.panelStage;
      stage.show({
        entries: [
          stage.question('q', 'Hi'),
          stage.reply('r', 'working', [{ id: '1', response_type: 'text', text: '.' }]),
        ],
      });
    });
    await page.waitForSelector('.prose');
    const kept = await page.evaluate((text) => {
      const stage = globalThis.panelStage;
      let first: Element | null = null;
      let item: Element | null = null;
      const watch = new MutationObserver(() => {});
      watch.observe(stage.root, { childList: true, subtree: true });
      for (let end = 1; end <= text.length; end++) {
        const content = [{ id: '1', response_type: 'text', text: text.slice(0, end) }];
        const working = end < text.length;
        stage.show({
          busy: working,
          entries: [stage.question('q', 'Hi'), stage.reply('r', working ? 'working' : 'done', content)],
        });
        if (end === text.indexOf('| a'))
          [first, item] = [stage.root.querySelector('.prose p'), stage.root.querySelector('.prose li')];
      }
      // An element that is put in anew is laid out anew, with all that it has, even where it stays the same.
      const removed = watch.takeRecords().flatMap(({ removedNodes }) => [...removedNodes]);
      return {
        nodes: first === stage.root.querySelector('.prose p') && item === stage.root.querySelector('.prose li'),
        place: !removed.some((node) => node instanceof Element && node.matches('.prose')),
      };
    }, ANSWER);
    expect(kept).toEqual({ nodes: true, place: true });
    expect(await page.locator('.prose').innerText()).toContain('The end.');
    await page.waitForFunction(() => globalThis.panelStage.root.querySelectorAll('[data-live] p').length >= 3);
    expect(await page.locator('[data-live] p').first().textContent()).toBe('Guide is answering.');
    expect(await page.locator('[data-live] p').last().textContent()).toBe('The answer is complete.');
    await page.waitForSelector('.code span[class]');
  });

  test('asks no other server for anything, whatever an agent writes', async () => {
    const { page, foreign } = await open();
    await page.evaluate(() => globalThis.panelStage.mount());
    await page.evaluate(
      (documents) => {
        const stage = globalThis.panelStage;
        documents.forEach((text, index) => {
          const content = ['text', 'conversational_search', 'hologram'].map((kind, place) => ({
            id: `${place}`,
            response_type: kind,
            text,
          }));
          const step = Math.max(1, Math.floor(text.length / 40));
          for (let end = 1; end <= text.length; end += step) {
            const part = [{ id: '1', response_type: 'text', text: text.slice(0, end) }];
            stage.show({ entries: [stage.question('q', text), stage.reply(`r${index}`, 'working', part)] });
          }
          stage.show({ entries: [stage.question('q', text), stage.reply(`r${index}`, 'done', content)] });
        });
      },
      [...HOSTILE, ...DOCUMENTS],
    );
    await page.waitForSelector('.prose');
    expect(await page.locator('.reply :is(img, iframe, script, link, object, embed, form[action])').count()).toBe(0);
    const addresses = await page
      .locator('.reply a')
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
    expect(addresses.filter((protocol) => !/^(https?|mailto|tel):$/.test(protocol))).toEqual([]);
    expect(foreign).toEqual([]);
  });

  test('stays at the end until the reader scrolls up, and leads back', async () => {
    const { page } = await open();
    const grow = (count: number) =>
      page.evaluate((lines) => {
        const stage = globalThis.panelStage;
        const text = Array.from({ length: lines }, (_, line) => `Line ${line}.`).join('\n\n');
        stage.show({
          busy: true,
          entries: [stage.question('q', 'Hi'), stage.reply('r', 'working', [{ id: '1', response_type: 'text', text }])],
        });
      }, count);
    const left = () =>
      page.locator('.scroll').evaluate((area) => area.scrollHeight - area.clientHeight - area.scrollTop);
    await page.evaluate(() => globalThis.panelStage.mount());
    await grow(1);
    await page.waitForSelector('.prose');
    await grow(60);
    await expect.poll(left).toBeLessThan(2);
    await page.mouse.move(200, 300);
    await page.mouse.wheel(0, -400);
    await page.locator('.latest').waitFor();
    const before = await page.locator('.scroll').evaluate((area) => area.scrollTop);
    await grow(90);
    expect(await page.locator('.scroll').evaluate((area) => area.scrollTop)).toBe(before);
    await page.locator('.latest').click();
    await expect.poll(left).toBeLessThan(2);
    await page.locator('.latest').waitFor({ state: 'hidden' });
  });

  test('sends what was pasted with Enter in the same frame, lines with Shift, and nothing while a word is composed', async () => {
    const { page } = await open();
    await page.evaluate(() => globalThis.panelStage.mount());
    await page.evaluate(() => {
      globalThis.panelStage.panel.focusInput();
      document.execCommand('insertText', false, 'pasted');
      const enter = { key: 'Enter', bubbles: true, cancelable: true };
      const field = globalThis.panelStage.root.querySelector('textarea') as HTMLTextAreaElement;
      field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, isComposing: true }));
      field.dispatchEvent(new KeyboardEvent('keydown', enter));
    });
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => globalThis.panelStage.calls)).toEqual([
      ['say', { content: 'pasted' }],
      ['say', { content: 'one\ntwo' }],
    ]);
  });

  test('takes feedback with reasons, and Escape closes the innermost thing first', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const stage = globalThis.panelStage;
      stage.mount();
      stage.show({
        entries: [
          stage.question('q', 'Hi'),
          stage.reply('r', 'done', [{ id: '1', response_type: 'text', text: 'Ho.' }]),
        ],
      });
    });
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.getByRole('button', { name: 'Incomplete' }).click();
    await page.getByRole('textbox', { name: 'Tell us more' }).fill('More');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('button', { name: 'Good answer' }).click();
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await page.keyboard.press('Escape');
    await page.locator('.sheet').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    const details = { is_positive: false, text: 'More', selected_categories: ['Incomplete'] };
    expect(await page.evaluate(() => globalThis.panelStage.calls)).toEqual([
      ['giveFeedback', 'm-r', '1', { is_positive: false }],
      ['feedback', false, 'button'],
      ['giveFeedback', 'm-r', '1', details],
      ['feedback', false, 'details'],
      ['giveFeedback', 'm-r', '1', { is_positive: true }],
      ['feedback', true, 'button'],
      ['giveFeedback', 'm-r', '1', { is_positive: false }],
      ['feedback', false, 'button'],
      ['close'],
    ]);
  });

  test('opens a card for a source and gives the focus back', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const stage = globalThis.panelStage;
      const text = 'High water is at 14:20. The basin has a sill.';
      const results = [
        {
          url: 'https://example.org/t',
          title: 'Tides',
          body: 'B',
          result_metadata: { score: 1, document_retrieval_source: null },
        },
      ];
      const citations = [
        { url: '', title: '', text: 'HW 14:20', body: '', range_start: 0, range_end: 23, search_result_idx: 0 },
      ];
      const item = {
        id: '1',
        response_type: 'conversational_search',
        text,
        citations_title: '',
        citations,
        search_results: results,
      };
      stage.mount();
      stage.show({ entries: [stage.question('q', 'Hi'), stage.reply('r', 'done', [item])] });
    });
    await page.locator('.mark').click();
    const card = page.getByRole('dialog', { name: 'Source 1' });
    expect(await card.innerText()).toContain('HW 14:20');
    expect(await card.getByRole('link').getAttribute('href')).toBe('https://example.org/t');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => globalThis.panelStage.root.querySelector('.mark')?.matches(':focus'))).toBe(true);
    expect(await page.evaluate(() => globalThis.panelStage.calls)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing in any state, %s', async (colorScheme) => {
    const { page } = await open({ colorScheme });
    const states = ['welcome', 'working', 'answered', 'failed', 'offline', 'trouble'] as const;
    for (const state of states) {
      await page.evaluate(
        ([name, text]) => {
          const stage = globalThis.panelStage;
          stage.mount({
            style: name === 'answered' ? { primaryColor: '#f2c230', userMessageBackgroundColor: '#102a6b' } : {},
          });
          const q = stage.question('q', 'Hi');
          const content = [
            { id: '1', response_type: 'text', text },
            { id: '2', response_type: 'option', title: 'Size?', options: [{ label: 'S' }, { label: 'M' }] },
            { id: '3', response_type: 'file_download', files: [{ fileName: 'a.pdf', url: '/a.pdf' }] },
            { id: '4', response_type: 'hologram' },
          ];
          if (name === 'working') stage.show({ busy: true, entries: [q, stage.reply('r', 'working', [])] });
          if (name === 'answered') stage.show({ entries: [q, stage.reply('r', 'done', content)] });
          if (name === 'failed') stage.show({ entries: [q, stage.reply('r', 'failed', [], { problem: 'No.' })] });
          if (name === 'offline')
            stage.show({ connection: 'offline', entries: [{ ...q, delivery: 'waiting' } as typeof q] });
          if (name === 'trouble') stage.show({ agent: undefined, trouble: { kind: 'auth', message: 'Expired.' } });
        },
        [state, ANSWER] as const,
      );
      if (state === 'answered') await page.waitForSelector('.chip');
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: {
            run(
              context: unknown,
              options: unknown,
            ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
          };
        };
        const rules = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
        const { violations } = await axe.run(document.querySelector('main'), rules);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
      });
      expect(found, state).toEqual([]);
    }
  });

  test('a destroyed panel leaves nothing', async () => {
    const { page } = await open();
    const left = await page.evaluate(() => {
      const stage = globalThis.panelStage;
      stage.mount();
      stage.panel.writeable('belowHeader').append('x');
      const host = document.querySelector('.host') as HTMLElement;
      stage.panel.destroy();
      return [host.childNodes.length, stage.root.childElementCount];
    });
    expect(left).toEqual([0, 0]);
  });
});
