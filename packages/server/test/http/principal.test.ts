import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { createTokens, userIdOf } from '../../src/http/index.ts';
import { endpoint, SECRET, serve, TENANT } from './kit.ts';

const LOCAL = { tenantId: TENANT, userId: userIdOf('local'), userName: 'local', audience: 'operator' };
const TRACE =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJmMjQyZWFkZi0wZGM5LTRlYWUtYjJkNy02NWIwOWI0YjRiMTYiLCJ1c2VybmFtZSI6Ind4by5hcmNoZXJAaWJtLmNvbSIsImF1ZCI6ImF1dGhlbnRpY2F0ZWQiLCJ0ZW5hbnRfaWQiOiI1NzVlZjhlZi1jMDBmLTQyYzYtOWM2Mi0zNzRkN2Y1ZTdjZTMiLCJ3b1RlbmFudElkIjoiNTc1ZWY4ZWYtYzAwZi00MmM2LTljNjItMzc0ZDdmNWU3Y2UzIiwid29Vc2VySWQiOiJmMjQyZWFkZi0wZGM5LTRlYWUtYjJkNy02NWIwOWI0YjRiMTYifQ._sixstlvH2D0eKfvQV3289kOstxSKKuQ7OFeEWHfsoM';

function setup() {
  let now = 1_770_397_025_369;
  const tokens = createTokens({ secret: SECRET, tenantId: TENANT, clock: { now: () => now }, ttlSeconds: 60 });
  const later = (ms: number) => {
    now += ms;
  };
  return { tokens, later };
}

describe('tokens', () => {
  test('have the shape of the trace, and an end', async () => {
    const { token, expiresInSeconds } = await setup().tokens.issue({ userName: 'ana@example.org' });
    const sub = userIdOf('ana@example.org');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({
      sub,
      username: 'ana@example.org',
      aud: 'authenticated',
      tenant_id: TENANT,
      woTenantId: TENANT,
      woUserId: sub,
      iat: 1_770_397_025,
      exp: 1_770_397_085,
    });
    expect(expiresInSeconds).toBe(60);
  });

  test('name their person, who is a user, again and again', async () => {
    const { tokens } = setup();
    const { token } = await tokens.issue({ userName: 'ana', tenantId: '10000000-0000-0000-0000-000000000000' });
    const scope = {
      tenantId: '10000000-0000-0000-0000-000000000000',
      userId: userIdOf('ana'),
      userName: 'ana',
      audience: 'user',
    };
    expect(await tokens.identify(`Bearer ${token}`)).toEqual(scope);
    expect(await tokens.identify(`bearer  ${token}`)).toEqual(scope);
  });

  test.each([true, false])('end (seen before: %s)', async (seen) => {
    const { tokens, later } = setup();
    const { token } = await tokens.issue({ userName: 'ana' });
    if (seen) await tokens.identify(`Bearer ${token}`);
    later(59_000);
    expect(await tokens.identify(`Bearer ${token}`)).toMatchObject({ userName: 'ana' });
    later(1_000);
    await expect(tokens.identify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token_expired' });
    await expect(tokens.identify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token_expired' });
  });

  test.each([
    ['nothing', undefined],
    ['the token of the trace', `Bearer ${TRACE}`],
    ['nonsense', 'Bearer nonsense'],
    ['another scheme', 'Basic YTpi'],
    ['an empty token', 'Bearer '],
    ['a token without signature', `Bearer ${TRACE.split('.')[0]}.${TRACE.split('.')[1]}.`],
  ])('%s is the local person', async (_, header) => {
    const { tokens } = setup();
    expect(await tokens.identify(header)).toEqual(LOCAL);
    expect(await tokens.identify(header)).toEqual(LOCAL);
  });

  test('of ours without a name are refused', async () => {
    const half = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setAudience('authenticated').sign(SECRET);
    await expect(setup().tokens.identify(`Bearer ${half}`)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('are forgotten when there are too many', async () => {
    const { tokens } = setup();
    const { token } = await tokens.issue({ userName: 'ana' });
    await tokens.identify(`Bearer ${token}`);
    for (let n = 0; n < 1_100; n++) await tokens.identify(`Bearer ${n}`);
    expect(await tokens.identify(`Bearer ${token}`)).toMatchObject({ userName: 'ana' });
  });
});

test('an expired token is 401, but not where nobody needs one', async () => {
  const { tokens, later } = setup();
  const { token } = await tokens.issue({ userName: 'ana' });
  later(60_000);
  const who = endpoint('GET', '/who', ({ scope }) => ({ status: 200, body: scope.userName }));
  const open = endpoint('GET', '/open', ({ scope }) => ({ status: 200, body: scope }), { access: 'public' });
  const { url } = await serve([who, open], { identify: tokens.identify });
  const headers = { authorization: `Bearer ${token}` };
  const refused = await fetch(`${url}/who`, { headers });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await refused.json()).toMatchObject({ code: 'token_expired' });
  expect(await (await fetch(`${url}/open`, { headers })).json()).toMatchObject({ audience: 'visitor' });
  expect(await (await fetch(`${url}/who`)).json()).toBe('local');
});
