import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTokens } from '../../src/conversation/tokens.ts';
import { createVisitor } from '../../src/conversation/visitor.ts';
import { createBus } from '../../src/events/bus.ts';

afterEach(() => vi.unstubAllGlobals());

/** A chat on a page that signs nobody in unless `getToken` does, and a server that gives visitors `v1`, `v2`, … */
function setup(
  options: { token?: string; getToken?: () => string | undefined; anonymous?: boolean; kept?: string } = {},
) {
  const asked: (string | null)[] = [];
  let given = 0;
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get('authorization'));
    if (options.anonymous === false) return new Response('{}', { status: 401 });
    given += 1;
    return Response.json({ access_token: `v${given}` });
  });
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? options.kept ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const headers: Record<string, string> = { 'x-ibm-wo-orchestrate-id': 'shop' };
  const visitor = createVisitor({ hostUrl: 'https://chat.example.com', headers, storage });
  const { source, set } = createTokens(
    createBus(() => ({}) as never),
    { token: options.token, getToken: options.getToken },
    visitor,
  );
  if (typeof source !== 'function') throw new Error('not asked');
  return { asked, kept, headers, set, needed: () => source('needed'), refused: () => source('refused') };
}

describe('a visitor', () => {
  test('gets a token once the server wants one, and the same one is renewed', async () => {
    const { asked, kept, needed, refused } = setup();
    expect(await needed()).toBeUndefined();
    expect(await refused()).toBe('v1');
    expect(await needed()).toBe('v1');
    expect([...kept.values()]).toEqual(['v1']);
    expect(await refused()).toBe('v2');
    expect(asked).toEqual([null, 'Bearer v1']);
  });

  test('is known at the next visit', async () => {
    const { asked, needed, refused } = setup({ kept: 'v0' });
    expect(await needed()).toBe('v0');
    await refused();
    expect(asked).toEqual(['Bearer v0']);
  });

  test('is none where the channel has none', async () => {
    expect(await setup({ anonymous: false }).refused()).toBeUndefined();
  });

  test('who signs in says who it was, and is forgotten', async () => {
    const { kept, headers, set, needed, refused } = setup();
    await refused();
    set('signed');
    expect(await needed()).toBe('signed');
    expect(headers['x-clew-visitor']).toBe('v1');
    expect(kept.size).toBe(0);
  });

  test('is what a user does not become', async () => {
    const { asked, refused } = setup({ token: 'signed' });
    expect(await refused()).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('is nobody on a page that signs people in', async () => {
    const { asked, headers, needed } = setup({ getToken: () => 'signed', kept: 'v0' });
    expect(await needed()).toBe('signed');
    expect(headers['x-clew-visitor']).toBe('v0');
    expect(asked).toEqual([]);
  });
});
