import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/index.ts';
import { load, projectFolder } from './folder.ts';

/** What is said of a file that holds this below `channels:`. */
function mistakes(yaml: string, folder = projectFolder()): string[] {
  try {
    load(`channels:\n${yaml.replace(/^/gm, '  ')}\n`, { folder });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n');
  }
}

describe('channels', () => {
  test('are one that is open, without any in the file', () => {
    for (const file of [null, 'channels:\n', 'channels: {}\n']) {
      expect(load(file).channels).toEqual({
        default: expect.objectContaining({ modes: ['open'], origins: [], keys: [] }),
      });
    }
  });

  test('have their settings, and defaults for the rest', () => {
    const { channels } = load(
      'channels:\n  shop:\n    modes: [signed, anonymous, signed]\n    origins: [https://shop.example.com]\n  bots: { mode: apiKey, agents: [echo] }\n',
    );
    expect(channels.shop).toMatchObject({
      modes: ['signed', 'anonymous'],
      origins: ['https://shop.example.com'],
      agents: null,
      id: null,
      keys: [],
      jwks: null,
      audience: null,
      clockSkewSeconds: 60,
      visitorSeconds: 3_600,
      visitorDays: 30,
      limits: expect.objectContaining({ messageCharacters: null, tokensPerDay: null }),
    });
    expect(channels.bots).toMatchObject({ modes: ['apiKey'], agents: ['echo'] });
    expect(Object.isFrozen(channels)).toBe(true);
  });

  test('have limits, more of them where anybody may come in; null takes one away', () => {
    const { channels } = load(
      'channels:\n  shop:\n    mode: anonymous\n    limits: { visitor: { runsPerMinute: 2, openRuns: null }, moneyPerDay: 0.5 }\n  members: { mode: signed }\n',
    );
    const none = {
      ...{ runsPerMinute: null, openRuns: null, threadsPerDay: null, openRequests: null },
      ...{ uploadsPerDay: null, uploadBytesPerDay: null },
    };
    expect(channels.shop?.limits).toEqual({
      visitor: {
        ...{ runsPerMinute: 2, openRuns: null, threadsPerDay: 100, openRequests: 20 },
        ...{ uploadsPerDay: 100, uploadBytesPerDay: 209_715_200 },
      },
      user: none,
      address: {
        ...{ runsPerMinute: 60, openRuns: 20, threadsPerDay: 500, openRequests: 200 },
        ...{ uploadsPerDay: 500, uploadBytesPerDay: 1_073_741_824 },
      },
      channel: {
        ...{ runsPerMinute: 600, openRuns: 200, threadsPerDay: 20_000, openRequests: 2_000 },
        ...{ uploadsPerDay: 20_000, uploadBytesPerDay: 10_737_418_240 },
      },
      messageCharacters: null,
      threadFiles: null,
      requestBytes: null,
      threadFileBytes: null,
      tokensPerDay: null,
      moneyPerDay: 0.5,
    });
    expect(channels.members?.limits).toMatchObject({ user: none, channel: none });
    expect(
      mistakes('shop: { mode: signed, limits: { vistor: {}, visitor: { runsPerMinut: 1, openRuns: 0 } } }'),
    ).toEqual([
      expect.stringMatching(/openRuns: `openRuns` must be at least 1/),
      expect.stringMatching(/shop\.limits\.visitor\.runsPerMinut: .*Did you mean `runsPerMinute`/),
      expect.stringMatching(/shop\.limits\.vistor: .*Did you mean `visitor`/),
    ]);
  });

  test('read keys from files, and tell what else is in them', () => {
    const folder = projectFolder();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    writeFileSync(join(folder, 'site.pem'), pem);
    writeFileSync(join(folder, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'text.pem'), 'hello');
    const file = 'channels:\n  shop: { mode: signed, keys: [site.pem] }\n';
    expect(load(file, { folder }).channels.shop?.keys).toEqual([pem]);
    expect(mistakes('shop: { mode: signed, keys: [private.pem, text.pem, none.pem] }', folder)).toEqual([
      expect.stringMatching(/private key, which belongs to the signer/),
      expect.stringMatching(/`text\.pem` is not a public key/),
      expect.stringMatching(/`none\.pem` cannot be read/),
    ]);
    expect(mistakes('shop:\n  mode: signed\n  keys: ["-----BEGIN PUBLIC KEY----- abc"]').join()).not.toContain('abc');
  });

  test.each([
    ['[]', 'clew.config.yaml:1: channels: This is a group of channels.'],
    ['shop:', 'channels.shop: A channel needs a `mode`.'],
    ['a shop: { mode: open }', 'A channel cannot have this name.'],
    ['shop: { mode: opne }', '`mode` must be one of open, anonymous, signed, apiKey.'],
    ['shop: { mode: open, modes: [open] }', '`mode` or `modes`, not both'],
    ['shop: { mode: open, origin: [] }', 'channels.shop.origin: There is no such setting. Did you mean `origins`?'],
    ['shop: { mode: open, origins: ["*"] }', 'An open channel cannot take pages of every origin.'],
    ['shop: { mode: signed, origins: [https://a.example/page] }', '`origins` must be an origin'],
    ['shop: { mode: signed, origins: [a.example] }', '`origins` must be an origin'],
    ['shop: { mode: signed, jwks: nonsense }', '`jwks` must be an http or https address.'],
    [
      'shop: { mode: signed, jwks: "http://login.example.com/keys" }',
      '`jwks` must be an https address: on the way of http anybody can put in keys of their own.',
    ],
    ['shop: { mode: signed, audience: 5 }', 'channels.shop.audience: `audience` must be a text.'],
    ['shop: { mode: signed, limits: 5 }', 'channels.shop.limits: `limits` must be a group of limits.'],
    ['shop: { mode: signed, clockSkewSeconds: 9000 }', '`clockSkewSeconds` must be at most 600.'],
  ])('say what is wrong with %s', (yaml, sentence) => {
    expect(mistakes(yaml)).toEqual([expect.stringContaining(sentence)]);
  });

  test('name the line', () => {
    expect(mistakes('shop:\n  mode: signed\n  origins: 5')).toEqual([expect.stringContaining('clew.config.yaml:4: ')]);
  });
});
