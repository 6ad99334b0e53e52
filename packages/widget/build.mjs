/**
 * Builds the chat page into `dist/`: `index.html`, `page.js`, `page.css` and `favicon.svg`, with nothing loaded from elsewhere. Run by Node,
 * or imported for `build()`.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const COPIED = ['index.html', 'favicon.svg'];

/** Rejects with esbuild's error, which it has printed, when the sources are broken. `outDir` is emptied first; default `dist/` beside this file. */
export async function build({ outDir = join(HERE, 'dist') } = {}) {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  await bundle({
    absWorkingDir: HERE,
    entryPoints: [
      { in: 'src/page/main.ts', out: 'page' },
      { in: 'src/page/page.css', out: 'page' },
    ],
    outdir: outDir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    minify: true,
    legalComments: 'inline',
    logLevel: 'warning',
  });
  for (const file of COPIED) copyFileSync(join(HERE, 'src/page', file), join(outDir, file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch(() => {
    process.exitCode = 1;
  });
}
