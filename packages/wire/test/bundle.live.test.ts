import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test.each(['index.ts', 'acp.ts'])('%s is small and alone in a browser: no schemas, nothing of Node', async (entry) => {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/client/${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    metafile: true,
    write: false,
  });
  expect(Object.keys(metafile.inputs).filter((path) => !path.includes('src/client/'))).toEqual([]);
  expect(outputFiles[0]?.contents.length).toBeLessThan(10_000);
});
