import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, ROOT, run, Stop, say } from './process.mjs';

/** Makes `node_modules` fit the lock file and the pinned Node runnable. Costs some milliseconds when nothing is to do. */
export async function ensureInstalled() {
  const reason = whatIsMissing();
  if (reason) {
    say(`Installing packages (${reason}) …`);
    await install();
  }
  if (!(await works())) {
    // Where install scripts are switched off, npm leaves these two without their programs.
    say('Fetching the pinned Node and esbuild …');
    const rebuilt = await run('npm', ['rebuild', 'node', 'esbuild', '--ignore-scripts=false'], { quiet: true });
    if (!(await works())) {
      throw new Stop(
        `The pinned Node could not be installed. Run "npm rebuild node esbuild --ignore-scripts=false" and read what it says.\n${rebuilt.output.trim()}`,
      );
    }
  }
}

async function install() {
  const clean = await run('npm', ['ci', '--no-audit', '--no-fund'], { quiet: true });
  if (clean.code === 0) return;
  // A lock file written behind a registry that lacks packages for other platforms is refused by `npm ci`, and `npm install` completes it.
  if (!/Missing: .* from lock file/.test(clean.output)) throw refused(clean.output);
  say('The lock file leaves out packages for other platforms; going on with npm install …');
  const tolerant = await run('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { quiet: true });
  if (tolerant.code !== 0) throw refused(tolerant.output);
}

function refused(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error'));
  return new Stop(`npm could not install the packages. It says:\n${lines.join('\n')}`);
}

/**
 * Compares the lock file with npm's own record of what it installed.
 * @returns {string | undefined} why an install is needed
 */
function whatIsMissing() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'there are none yet';
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const present = readPackages(record);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/')) continue;
    if (!present[path]) {
      if (!optional) return `${path.slice('node_modules/'.length)} is missing`;
    } else if (present[path].version !== version) {
      return `${path.slice('node_modules/'.length)} has another version`;
    }
  }
  return undefined;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

async function works() {
  const node = pinnedNode();
  if (!node) return false;
  const script = "await (await import('esbuild')).transform('')";
  return (await run(node, ['--input-type=module', '-e', script], { quiet: true })).code === 0;
}
