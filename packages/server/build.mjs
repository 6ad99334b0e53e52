/**
 * Builds what the package `clew` is made of into `dist/`; with `--types` its type declarations as well. Does nothing when neither the
 * sources nor the results have changed; `--force` builds all the same. `docs/adr/0003-one-package.md` says why the pieces lie as they do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { build as buildWidget, OverBudget } from '../widget/build.mjs';
import { complaints, sbom, thirdParty, thirdPartyPage } from './supply.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const SRC = join(HERE, 'src');
const DIST = join(HERE, 'dist');
const STAMP = join(DIST, '.build.json');
const manifest = readJson(join(HERE, 'package.json'));

/** What a declaration file imports: statements at the beginning of a line, and `import('…')` within a type. */
const IMPORTED = /(^import\s*|^(?:import|export)\b[^'";]*?\bfrom\s*|\bimport\()(['"])([^'"]+)\2/gm;

const { types: withTypes = false, force = false } = readOptions();
const inputs = hashOf([
  'package-lock.json',
  'tsconfig.json',
  'packages/*/{package.json,build.mjs,launch.mjs,supply.mjs,tsconfig.types.json}',
  'packages/*/src/**',
  'examples/starter/**',
]);

/** Something that whoever builds has to correct: a sentence says it all. */
class Mistake extends Error {}

if (force || !upToDate()) {
  try {
    await buildAll();
  } catch (error) {
    // esbuild has printed its errors already.
    if (error instanceof Mistake || error instanceof OverBudget) process.stderr.write(`clew: ${error.message}\n`);
    else if (!error.errors) throw error;
    process.exitCode = 1;
  }
}

/** Ends the program with 2 when there are others: who mistypes `--types` would publish a package without them. */
function readOptions() {
  try {
    return parseArgs({ options: { types: { type: 'boolean' }, force: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`clew: ${error.message}. The options are --types and --force.\n`);
    return process.exit(2);
  }
}

async function buildAll() {
  const began = performance.now();
  await buildWidget();
  const written = [...(await bundle()), ...copyFiles(), ...(withTypes ? [...declareTypes(), ...declareOthers()] : [])];
  removeAllBut(written);
  const files = written.map((file) => relative(DIST, file));
  writeFileSync(STAMP, JSON.stringify({ inputs, types: withTypes, files }));
  process.stderr.write(`clew: Built packages/server/dist in ${Math.round(performance.now() - began)} ms.\n`);
}

function upToDate() {
  if (!existsSync(STAMP)) return false;
  const stamp = readJson(STAMP);
  return (
    stamp.inputs === inputs && (stamp.types || !withTypes) && stamp.files.every((file) => existsSync(join(DIST, file)))
  );
}

/** The program, the library and the workers share their chunks, so that `clew` is one module graph whichever of them is entered. */
async function bundle() {
  const workers = globSync('**/*.worker.ts', { cwd: SRC });
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: Object.fromEntries([
      ['main', 'src/cli/main.ts'],
      ['index', 'src/index.ts'],
      ...workers.map((file) => [basename(file, '.ts'), join('src', file)]),
    ]),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    packages: 'external',
    alias: wireSources(),
    chunkNames: 'chunk-[hash]',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(result.metafile.outputs);
  refuseUndeclared(outputs.flatMap(([, output]) => output.imports));
  return outputs.map(([file]) => join(HERE, file));
}

/** `@clew/wire` is not published: it becomes part of the bundle. */
function wireSources() {
  const folder = join(ROOT, 'packages/wire');
  const { name, exports } = readJson(join(folder, 'package.json'));
  return Object.fromEntries(Object.entries(exports).map(([path, target]) => [join(name, path), join(folder, target)]));
}

function refuseUndeclared(imports) {
  const packageOf = (path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/');
  const undeclared = new Set(
    imports
      .filter(
        (one) => one.external && !isBuiltin(one.path) && !Object.hasOwn(manifest.dependencies, packageOf(one.path)),
      )
      .map((one) => one.path),
  );
  if (undeclared.size > 0) {
    throw new Mistake(
      `packages/server/package.json does not list these among its dependencies: ${[...undeclared].join(', ')}.`,
    );
  }
}

/** Files that the program reads beside itself lie flat in `dist/`, under the name they have in the sources. */
function copyFiles() {
  const copies = [
    [join(HERE, 'launch.mjs'), 'cli.js'],
    ...globSync('**/migrations/*.sql', { cwd: SRC }).map((file) => [
      join(SRC, file),
      join('migrations', basename(file)),
    ]),
    ...globSync('**/postgres/schema/*.sql', { cwd: SRC }).map((file) => [
      join(SRC, file),
      join('schema', basename(file)),
    ]),
    ...globSync('**/python/*.py', { cwd: SRC }).map((file) => [join(SRC, file), join('python', basename(file))]),
    ...filesIn(join(ROOT, 'packages/widget/dist')).map((file) => [
      join(ROOT, 'packages/widget/dist', file),
      join('widget', file),
    ]),
    ...filesIn(join(ROOT, 'examples/starter')).map((file) => [
      join(ROOT, 'examples/starter', file),
      join('starter', file),
    ]),
  ];
  const written = copies.map(([from, to]) => {
    mkdirSync(dirname(join(DIST, to)), { recursive: true });
    cpSync(from, join(DIST, to));
    return join(DIST, to);
  });
  chmodSync(join(DIST, 'cli.js'), 0o755);
  return written;
}

/** Declarations of the public entry and of what it leans on; nothing else of the sources is described to the outside. */
function declareTypes() {
  const all = join(DIST, '.types');
  runNode(
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(HERE, 'tsconfig.types.json'), '--outDir', all],
    'The type declarations could not be made.',
  );
  const from = join(all, 'server/src');
  const written = [];
  const pending = [join(from, 'index.d.ts')];
  for (const file of pending) {
    const text = readFileSync(file, 'utf8').replace(IMPORTED, (_, before, quote, path) => {
      if (!path.startsWith('.')) refuseUndeclared([{ external: true, path }]);
      else {
        const target = resolve(dirname(file), path.replace(/\.(js|ts)$/, '.d.ts'));
        if (relative(from, target).startsWith('..')) throw new Mistake(`The public types lead out of src: ${path}.`);
        if (!pending.includes(target)) pending.push(target);
      }
      return `${before}${quote}${path.replace(/^(\..*)\.ts$/, '$1.js')}${quote}`;
    });
    const to = join(DIST, 'types', relative(from, file));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
    written.push(to);
  }
  rmSync(all, { recursive: true });
  return written;
}

/** Who else's software comes with the package: for people, with its licences, and as a bill of materials for programs. */
function declareOthers() {
  const [wrong] = complaints(thirdParty(ROOT));
  if (wrong) throw new Mistake(wrong);
  const files = [
    [join(DIST, 'THIRD-PARTY.md'), thirdPartyPage(ROOT)],
    [join(DIST, 'sbom.cdx.json'), sbom(ROOT)],
  ];
  for (const [file, text] of files) writeFileSync(file, text);
  return files.map(([file]) => file);
}

function runNode(args, failure) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Mistake(failure);
}

/** Old chunks go only after the new ones are there. */
function removeAllBut(written) {
  const keep = new Set(written);
  for (const file of filesIn(DIST)) if (!keep.has(join(DIST, file))) rmSync(join(DIST, file));
}

/** Paths relative to `folder` of all files below it; hidden ones and what a run of the example leaves behind are left out. */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter(
    (file) => statSync(join(folder, file)).isFile() && !/(^|[\\/])(\.clew|node_modules)[\\/]/.test(file),
  );
}

function hashOf(patterns) {
  const hash = createHash('sha256');
  for (const file of globSync(patterns, { cwd: ROOT }).sort()) {
    const path = join(ROOT, file);
    if (/(^|[\\/])(\.clew|node_modules)([\\/]|$)/.test(file) || !statSync(path).isFile()) continue;
    hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
