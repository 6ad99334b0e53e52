import { describe, expect, test } from 'vitest';
import { orchestratePath, plainPath } from '../../../src/wires/orchestrate/paths.ts';

describe('paths', () => {
  test('are below every base that clients use', () => {
    const { path, aliases } = plainPath('/threads');
    expect(path).toBe('/api/v1/threads');
    const { aliases: runs } = orchestratePath('/runs');
    for (const base of [
      '/v1',
      '/v1/orchestrate',
      '/api/v1/orchestrate',
      '/mfe_home_archer/api/v1',
      '/instances/{instance}/v1/orchestrate',
      '/instances/{instance}/orchestrate',
      '/instances/{instance}',
      '',
    ])
      expect(aliases).toContain(`${base}/threads`);
    expect(runs).toContain('/orchestrate/runs');
    expect(runs).toContain('/instances/{instance}/v1/orchestrate/runs');
    expect(orchestratePath('/{agent_id}/chat/completions', { version2: true }).aliases).toContain(
      '/v2/orchestrate/{agent_id}/chat/completions',
    );
  });

  test('leave those of ACP alone', () => {
    const all = ['/runs', '/runs/{run_id}', '/agents', '/agents/{agent_id}'].flatMap((path) =>
      Object.values(orchestratePath(path)).flat(),
    );
    expect(all.filter((path) => /^\/(ping|agents|runs|sessions?|resources)\b/.test(path))).toEqual([]);
  });
});
