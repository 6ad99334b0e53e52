import { describe, expect, test } from 'vitest';
import { createRoutes } from '../../src/http/routes.ts';
import { endpoint, serve, wireOf } from './kit.ts';

const nothing = () => ({ status: 204 });

describe('routes', () => {
  const agents = endpoint('GET', '/api/agents/{id}', nothing, {
    aliases: ['/v1/agents/{id}', '/instances/{any}/agents/{id}'],
  });
  const hidden = endpoint('GET', '/api/agents/hidden', nothing);
  const cancel = endpoint('POST', '/api/runs/cancel/{run_id}', nothing);
  const complete = endpoint('POST', '/api/{agent_id}/chat/completions', nothing);
  const first = wireOf([agents, hidden, cancel, complete], 'first');
  const second = wireOf(
    [endpoint('GET', '/api/agents/{name}', nothing), endpoint('DELETE', '/api/agents/{name}', nothing)],
    'second',
  );
  const routes = createRoutes([first, second]);

  test.each([
    ['/api/agents/a', agents, { id: 'a' }],
    ['/v1/agents/a%20b', agents, { id: 'a b' }],
    ['/v1/agents/%ff', agents, { id: '%ff' }],
    ['/instances/i/agents/a', agents, { any: 'i', id: 'a' }],
    ['/api/agents/hidden', hidden, {}],
    ['/api/agents/a/', agents, { id: 'a' }],
  ])('%s', (path, expected, params) => {
    expect(routes.match('GET', path)).toEqual({ route: { wire: first, endpoint: expected }, params });
  });

  test('a literal goes before a parameter, wherever it stands', () => {
    expect(routes.match('POST', '/api/runs/cancel/x')?.route.endpoint).toBe(cancel);
    expect(routes.match('POST', '/api/runs/chat/completions')?.route.endpoint).toBe(complete);
  });

  test('HEAD finds what GET finds', () => {
    expect(routes.match('HEAD', '/api/agents/hidden')?.route.endpoint).toBe(hidden);
  });

  test.each([
    ['GET', '/nothing'],
    ['GET', '/'],
    ['GET', '/__proto__'],
    ['GET', '/api/agents/'],
    ['GET', '/api/agents/a/b'],
    ['PUT', '/api/agents/a'],
    ['PROPFIND', '/api/agents/a'],
    ['toString', '/api/agents/hidden'],
  ])('%s %s is not there', (method, path) => {
    expect(routes.match(method, path)).toBeUndefined();
  });

  test('the methods of a path, over all wires', () => {
    expect(routes.methods('/api/agents/a')).toEqual({ allowed: ['GET', 'DELETE', 'HEAD'], wire: first });
    expect(routes.methods('/nothing')).toEqual({ allowed: [], wire: undefined });
  });
});

test('unknown paths and methods get an answer in the words of a wire', async () => {
  const post = endpoint('POST', '/acp/runs', nothing);
  const { url } = await serve([], { wires: [wireOf([]), wireOf([post], 'acp')] });

  const unknown = await fetch(`${url}/nothing`);
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'route_not_found', wire: 'orchestrate' }]);

  const wrong = await fetch(`${url}/acp/runs`);
  expect([wrong.status, await wrong.json()]).toMatchObject([405, { code: 'method_not_allowed', wire: 'acp' }]);
  expect(wrong.headers.get('allow')).toBe('POST, OPTIONS');
});
