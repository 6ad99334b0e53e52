import { describe, expect, test } from 'vitest';
import { explain } from '../../src/config/check.ts';
import { readConfiguration, readOptions } from '../../src/config/read.ts';

const LEAST = { orchestrationID: 't', hostURL: 'https://chat.example.com/', chatOptions: { agentId: 'a' } };
const with_ = (more: object) => ({ ...LEAST, ...more });

describe('window.wxOConfiguration', () => {
  test('has defaults for all but three keys', () => {
    expect(readConfiguration(LEAST)).toEqual({
      findings: [],
      hooks: {},
      options: {
        hostUrl: 'https://chat.example.com',
        channel: 't',
        agentId: 'a',
        environmentId: '',
        locale: expect.any(String),
        layout: {
          form: 'float',
          width: '400px',
          height: '640px',
          rootElementId: 'root',
          showLauncher: true,
          showOrchestrateHeader: true,
          showMaxWidth: true,
        },
        header: {
          showResetButton: true,
          showAiDisclaimer: true,
          showMaximize: false,
          showAgentAvatar: true,
          showAgentName: true,
        },
        features: { showThreadList: false },
        style: { showBackgroundGradient: true, theme: 'auto' },
        rememberThread: true,
      },
    });
  });

  test.each([
    [
      'undefined',
      undefined,
      ['orchestrationID is mandatory.', 'hostURL is mandatory.', 'chatOptions.agentId is mandatory.'],
    ],
    [
      'text',
      'configuration',
      ['orchestrationID is mandatory.', 'hostURL is mandatory.', 'chatOptions.agentId is mandatory.'],
    ],
    ['an empty address', with_({ hostURL: '' }), ['hostURL is mandatory.']],
    ['an agent that is no text', with_({ chatOptions: { agentId: 7 } }), ['chatOptions.agentId must be string.']],
  ])('refuses %s', (_, raw, messages) => {
    const { options, findings } = readConfiguration(raw);
    expect(options).toBeUndefined();
    expect(findings.map(({ message }) => message)).toEqual(messages);
    expect(findings.every(({ fatal }) => fatal)).toBe(true);
  });

  test.each([
    [{ layuot: {} }, 'layuot is not known.'],
    [{ style: { primaryColor: 'red' } }, 'style.primaryColor must be #rrggbb.'],
    [{ style: { headerColor: '#fff' } }, 'style.headerColor must be #rrggbb.'],
    [{ style: { theme: 'blue' } }, 'style.theme must be light|dark|auto.'],
    [{ style: { colour: '#ffffff' } }, 'style.colour is not known.'],
    [{ layout: { form: 'popup' } }, 'layout.form must be float|fullscreen-overlay|custom.'],
    [{ layout: { width: '1px;color:red' } }, 'layout.width must be size.'],
    [{ layout: 'float' }, 'layout must be object.'],
    [{ showLauncher: 'false' }, 'showLauncher must be boolean.'],
    [{ chatOptions: { agentId: 'a', onLoad: 'start()' } }, 'chatOptions.onLoad must be function.'],
  ])('goes on without %j, and says so', (more, message) => {
    const { options, findings } = readConfiguration(with_(more));
    expect(findings).toEqual([{ message, fatal: false }]);
    expect(options?.layout).toMatchObject({ form: 'float', width: '400px', showLauncher: true });
    expect(options?.style).toMatchObject({ theme: 'auto', primaryColor: undefined });
  });

  test.each([
    [{ hostUrl: 'https://x.example', hostURL: undefined }, { hostUrl: 'https://x.example' }],
    [{ rootElementId: 'mine' }, { layout: { rootElementId: 'mine' } }],
    [{ layout: { rootElementID: 'mine' } }, { layout: { rootElementId: 'mine' } }],
    [{ showLauncher: false }, { layout: { showLauncher: false } }],
    [{ layout: { form: 'float', showLauncher: false } }, { layout: { showLauncher: false } }],
    [{ layout: { form: 'custom' } }, { layout: { showLauncher: false }, features: { showThreadList: true } }],
    [{ layout: { form: 'custom' }, features: { showThreadList: false } }, { features: { showThreadList: false } }],
    [{ layout: { width: 'min(30rem, 90vw)' } }, { layout: { width: 'min(30rem, 90vw)' } }],
    [{ chatOptions: { agentID: 'b', agentEnvironmentId: 'e' } }, { agentId: 'b', environmentId: 'e' }],
    [{ chatOptions: { agentId: 'a', agentEnvironmentId: '' } }, { environmentId: '' }],
    [
      { defaultLocale: 'pt-BR', token: 'jwt' },
      { locale: 'pt-BR', token: 'jwt' },
    ],
    [{ deploymentPlatform: 'ibmcloud', crn: 'crn:v1', features: { showAgentMemory: true } }, {}],
    [{ chatOptions: { agentId: 'a', enableVoiceMode: true, isPublic: false } }, {}],
  ])('takes %j', (more, expected) => {
    const { options, findings } = readConfiguration(with_(more));
    expect(findings).toEqual([]);
    expect(options).toMatchObject(expected);
  });

  test('hands on what the page is called back with', () => {
    const onLoad = () => {};
    const onError = () => {};
    const authTokenNeeded = () => {};
    const identityTokenFunction = () => 'jwt';
    const raw = with_({ chatOptions: { agentId: 'a', onLoad, onError }, authTokenNeeded, identityTokenFunction });
    expect(readConfiguration(raw)).toMatchObject({
      findings: [],
      hooks: { onLoad, onError, authTokenNeeded },
      options: { getToken: identityTokenFunction },
    });
  });

  test('is complained of in one line of the known wording', () => {
    expect(explain(readConfiguration({}).findings, 'window.wxOConfiguration')).toBe(
      'wxO error ::: Config error ::: orchestrationID is mandatory. hostURL is mandatory. chatOptions.agentId is mandatory. Correct window.wxOConfiguration: `clew embed` prints a good one.',
    );
  });
});

describe('options of createChat', () => {
  test('need nothing where the server is known', () => {
    const { options, findings } = readOptions({}, 'https://chat.example.com/');
    expect(findings).toEqual([]);
    expect(options).toMatchObject({
      hostUrl: 'https://chat.example.com',
      agentId: undefined,
      layout: { form: 'float' },
    });
  });

  test.each([
    [{ layout: 'fullscreen-overlay' }, { layout: { form: 'fullscreen-overlay' }, features: { showThreadList: true } }],
    [{ layout: { form: 'float', showHeader: false } }, { layout: { showOrchestrateHeader: false } }],
    [
      { host: 'http://other.example', agent: 'guide', thread: 't', rememberThread: false },
      { hostUrl: 'http://other.example', agentId: 'guide', threadId: 't', rememberThread: false },
    ],
    [LEAST, { hostUrl: 'https://chat.example.com', agentId: 'a' }],
  ])('may be %j', (raw, expected) => {
    const { options, findings } = readOptions(raw, 'https://chat.example.com/');
    expect(findings).toEqual([]);
    expect(options).toMatchObject(expected);
  });

  test.each([
    [{ host: 7 }, 'host must be string.', true],
    [{ layout: 'popup' }, 'layout.form must be float|fullscreen-overlay|custom.', false],
    [{ agentId: 'guide' }, 'agentId is not known.', false],
  ])('are complained of: %j', (raw, message, fatal) => {
    expect(readOptions(raw, 'https://chat.example.com/').findings).toEqual([{ message, fatal }]);
  });
});
