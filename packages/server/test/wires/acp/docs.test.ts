import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { createAcpWire } from '../../../src/wires/acp/index.ts';

const page = readFileSync(new URL('../../../../../docs/wires.md', import.meta.url), 'utf8');

test('docs/wires.md lists every address of ACP, and no other', () => {
  const [section = ''] = page.split(/^(?=# )/m).filter((part) => part.startsWith('# ACP'));
  const listed = [...section.matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)` \|/gm)].map(
    ([, address]) => address,
  );
  const wire = createAcpWire({ engine: {} as Engine, info: { publicUrl: () => '' } });
  expect(listed).toEqual(wire.endpoints.map(({ method, path }) => `${method} ${path}`));
});
