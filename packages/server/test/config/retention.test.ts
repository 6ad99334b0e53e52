import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/index.ts';
import { load as loadFrom } from './folder.ts';

const DAY = 86_400_000;
const load = (file: string, env = {}) => loadFrom(file, { env }).retention;

describe('retention', () => {
  test('keeps everything by default', () => {
    expect(Object.values(load(''))).toEqual([null, null, null, null, null, null]);
  });

  test('takes lengths of time with their unit', () => {
    expect(load('retention: { threads: 90d, visitorThreads: 36h, deltas: 90m }')).toMatchObject({
      threads: 90 * DAY,
      visitorThreads: 1.5 * DAY,
      deltas: 5_400_000,
      files: null,
    });
    expect(load('', { CLEW_RETENTION_FILES: '7d' })).toMatchObject({ files: 7 * DAY });
  });

  test.each(['90', '"90"', '1 d', '59m', '0d', '40000d', '-1d', 'never', '[1d]'])('does not guess: %s', (value) => {
    expect(() => load(`retention: { threads: ${value} }`)).toThrow(ConfigError);
  });
});
