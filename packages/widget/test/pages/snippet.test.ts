import { describe, expect, test } from 'vitest';
import { judgeHost, judgeToken, readSnippet } from '../../src/pages/check/findings.ts';
import { parseSnippet } from '../../src/pages/snippet/parse.ts';
import { writeSnippet } from '../../src/pages/snippet/write.ts';

const WRITTEN = { hostUrl: 'https://chat.example.com', orchestrationId: 't', agentId: 'a', form: 'float' } as const;

describe('a snippet', () => {
  test.each(['float', 'fullscreen-overlay', 'custom'] as const)('of ours has no fault, %s', (form) => {
    const { lines, target } = readSnippet(parseSnippet(writeSnippet({ ...WRITTEN, form, primaryColor: '#112233' })));
    expect(lines.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(target).toEqual({ host: 'https://chat.example.com', agent: 'a', token: undefined });
  });

  test('is read without being run', () => {
    const { configuration, unknown, loadsLoader, callsInit } = parseSnippet(`
      /* before */ window.wxOConfiguration = {
        "hostURL": "https://x.example", // a comment, with a }
        orchestrationID: \`t\`, showLauncher: false, nothing: null,
        token: await getToken({ a: '}' }), base: 'a' + b,
        chatOptions: { agentId: 'it\\'s', onLoad: function (chat) { if (chat) { chat.send(","); } }, onError: (e) => { x({}); }, async onIdle(a) { return "}"; } },
        layout: { customElement: document.querySelector('#a, #b'), },
        short,
      };
      script.src = \`\${window.wxOConfiguration.hostURL}/wxoLoader.js\`; wxoLoader.init();`);
    expect(configuration).toEqual({
      hostURL: 'https://x.example',
      orchestrationID: 't',
      showLauncher: false,
      nothing: null,
      chatOptions: {
        agentId: "it's",
        onLoad: expect.any(Function),
        onError: expect.any(Function),
        onIdle: expect.any(Function),
      },
      layout: {},
    });
    expect(unknown).toEqual(['token', 'base', 'layout.customElement', 'short']);
    expect([loadsLoader, callsInit]).toEqual([true, true]);
  });

  test.each([
    ['window.wxOConfiguration = { hostURL: "a"', /not closed|comma|no key/i],
    ['window.wxOConfiguration = { hostURL: "a" agent: 1 }', /comma is missing|not closed/],
    ['window.wxOConfiguration = { hostURL: "a', /not closed/],
    ['window.wxOConfiguration = { : 1 }', /no key/],
  ])('that no browser would run is refused: %s', (text, message) => {
    expect(() => parseSnippet(text)).toThrow(message);
  });

  test.each([
    ['<script>alert(1)</script>', /no window\.wxOConfiguration/],
    [
      'window.wxOConfiguration = { hostURL: "https://x.example", chatOptions: {} }; wxoLoader.init(); "wxoLoader.js"',
      /agentId is mandatory/,
    ],
    [
      'window.wxOConfiguration = { hostURL: "x", orchestrationID: "t", chatOptions: { agentId: "a" } }; wxoLoader.init(); "wxoLoader.js"',
      /no address/,
    ],
    [
      'window.wxOConfiguration = { hostURL: "https://x.example", orchestrationID: "t", chatOptions: { agentId: "a" } }; "wxoLoader.js"',
      /Nothing calls/,
    ],
    [
      'window.wxOConfiguration = { hostURL: "https://x.example", orchestrationID: "t", chatOptions: { agentId: "a" } }; wxoLoader.init()',
      /Nothing loads/,
    ],
  ])('has a fault: %s', (text, message) => {
    const faults = readSnippet(parseSnippet(text)).lines.filter(({ kind }) => kind === 'fault');
    expect(faults.map((line) => line.text).join(' ')).toMatch(message);
  });

  test('may leave a mandatory key to the page', () => {
    const { lines } = readSnippet(
      parseSnippet(
        'window.wxOConfiguration = { hostURL: "https://x.example", orchestrationID: tenant, chatOptions: { agentId: agent } }; wxoLoader.init(); "wxoLoader.js"',
      ),
    );
    expect(lines.filter(({ kind }) => kind === 'fault')).toEqual([]);
  });
});

describe('what is seen without asking', () => {
  test.each([
    ['https://chat.example.com', undefined],
    ['http://localhost:4321', 'note'],
    ['http://127.0.0.1:4321', 'note'],
    ['http://chat.example.com', 'fault'],
  ])('%s is a %s', (host, kind) => {
    expect(judgeHost(host)[0]?.kind).toBe(kind);
  });

  test.each([
    ['no-token', 'fault'],
    [`a.${btoa('{"sub":"x"}')}.c`, 'note'],
    [`a.${btoa('{"exp":1}')}.c`, 'fault'],
    [`a.${btoa('{"exp":99}')}.c`, undefined],
  ])('the token %s is a %s', (token, kind) => {
    expect(judgeToken(token, 50_000)[0]?.kind).toBe(kind);
  });
});
