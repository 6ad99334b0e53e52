#!/usr/bin/env node
// Becomes `dist/cli.js`. An older Node would fail at the first import with a stack; it gets a sentence here, before anything is imported.
const [major, minor] = process.versions.node.split('.').map(Number);

/**
 * Compiled code is kept between starts: a third of the time to be ready and a tenth of the memory (`bench/`). In the person's own cache folder, since Node's default is
 * in the shared temporary one, where somebody else could have put something. Where it cannot be written, nothing is kept.
 */
async function keepCompiled() {
  const [{ default: module }, { homedir }, { join }] = await Promise.all([
    import('node:module'),
    import('node:os'),
    import('node:path'),
  ]);
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'clew'));
}

if (major > 22 || (major === 22 && minor >= 13)) {
  await keepCompiled();
  await import('./main.js');
} else {
  console.error(
    `clew: Clew needs Node 22.13 or newer and this is ${process.versions.node}. Install it from https://nodejs.org.`,
  );
  process.exitCode = 4;
}
