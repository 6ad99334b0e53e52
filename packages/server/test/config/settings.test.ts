import { expect, test } from 'vitest';
import { readEnvironment, SETTINGS } from '../../src/config/index.ts';
import { nearest } from '../../src/config/nearest.ts';

test('the environment holds only names of Clew and is frozen', () => {
  process.env.CLEW_TEST_VALUE = '1';
  try {
    const env = readEnvironment();
    expect(env.CLEW_TEST_VALUE).toBe('1');
    expect(Object.keys(env).filter((name) => !name.startsWith('CLEW_'))).toEqual([]);
    expect(Object.isFrozen(env)).toBe(true);
  } finally {
    delete process.env.CLEW_TEST_VALUE;
  }
});

test('every default and every example is a value that its setting takes', () => {
  const wrong = SETTINGS.filter((setting) => {
    const isText = setting.type !== 'integer' && setting.type !== 'boolean';
    const example: unknown = isText ? setting.example : JSON.parse(setting.example);
    const fallback = setting.fallback ?? example;
    return !setting.schema.safeParse(example).success || !setting.schema.safeParse(fallback).success;
  });
  expect(wrong.map((setting) => setting.key)).toEqual([]);
});

test('names of settings are unique in each source', () => {
  for (const member of ['key', 'env', 'flag'] as const)
    expect(new Set(SETTINGS.map((setting) => setting[member])).size).toBe(SETTINGS.length);
});

test('nearest finds what was meant and nothing else', () => {
  const known = ['server.port', 'log.level', 'defaultAgent'];
  expect(nearest('default_agent', known)).toBe('defaultAgent');
  expect(nearest('server.potr', known)).toBe('server.port');
  expect(nearest('level', known)).toBe('log.level');
  expect(nearest('zzz', known)).toBeUndefined();
});
