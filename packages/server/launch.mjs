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

/** Node 22 calls its SQLite experimental at every start; what Clew needs of it is what the crash suite tests. Other warnings stay. */
function withoutSqliteWarning() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) emitWarning(warning, ...rest);
  };
}

if (major > 22 || (major === 22 && minor >= 18)) {
  withoutSqliteWarning();
  await keepCompiled();
  await import('./main.js');
} else {
  console.error(
    `clew: Clew needs Node 22.18 or newer and this is ${process.versions.node}. Install it from https://nodejs.org.`,
  );
  process.exitCode = 4;
}
