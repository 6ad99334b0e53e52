import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { renderDocs } from '../../src/http/docs/render.ts';
import { createOpenApi } from '../../src/http/openapi.ts';
import { createAcpWire } from '../../src/wires/acp/index.ts';
import { createTestWire } from './orchestrate/kit.ts';

test('every member of a request and of a reply has a meaning in /docs, unless it is in the address or always the same', () => {
  const acp = createAcpWire({ engine: {} as Engine, info: { publicUrl: () => '' } });
  const api = createOpenApi({ wires: [createTestWire({}).wire, acp], version: '1', url: 'http://127.0.0.1' });
  const bare = renderDocs(api)
    .bytes.toString()
    .split('<article ')
    .flatMap((article) => {
      const [, path = ''] = /<code>(\/[^<]*)<\/code>/.exec(article) ?? [];
      const rows = [...article.matchAll(/<code>([^<]+)<\/code>.*<\/th>\s*<td>(.*)<\/td>\s*<td><\/td>/g)];
      return rows
        .filter(
          ([, name, type]) =>
            !path.includes(`{${name}}`) && !/^<span class="type">&#34;[\w.-]+&#34;<\/span>$/.test(type!),
        )
        .map(([, name, type]) => `${path} ${name} ${type!.replace(/<[^>]+>/g, '')}`);
    });
  expect(bare).toEqual([]);
});
