/**
 * What the package brings along from others: which packages are installed with it and which are part of its files, under which licences, as `THIRD-PARTY.md`
 * and as an SBOM. All of it is read from the lock file of the checkout.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Licences (SPDX) that software under Apache-2.0 may be given on with, without conditions for whoever runs it. */
export const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** Packages that Lit names for servers, and that no browser loads. */
const SERVER_SIDE = ['@lit-labs/ssr-dom-shim'];

/** Whether an SPDX expression can be fulfilled with `ALLOWED`: one side of an OR, both of an AND. */
export function isAllowed(expression) {
  const bare = String(expression ?? '').replace(/[()]/g, ' ');
  return bare.split(/\sOR\s/).some((one) => one.split(/\sAND\s/).every((name) => ALLOWED.includes(name.trim())));
}

/**
 * Packages of other people, sorted by name: `installed` with the server, and `bundled` in the files of the widget.
 * @param {string} root the checkout
 * @returns {{ installed: Entry[], bundled: Entry[] }}
 * @typedef {{ path: string, name: string, version: string, license: string, hasInstallScript: boolean }} Entry `path` is relative to the checkout
 */
export function thirdParty(root) {
  const { packages } = readJson(join(root, 'package-lock.json'));
  return {
    installed: closure(packages, 'packages/server', packages['packages/server'].dependencies),
    bundled: closure(packages, 'packages/widget', packages['packages/widget'].devDependencies).filter(
      ({ name }) => !SERVER_SIDE.includes(name),
    ),
  };
}

/** All that the dependencies of one place need, as Node would find it. Types are not part of any program. */
function closure(packages, from, dependencies) {
  const found = new Map();
  const pending = Object.keys(dependencies).map((name) => [from, name]);
  for (const [place, name] of pending) {
    const path = find(packages, place, name);
    // Not for this machine (optional), or ours.
    if (path === undefined || packages[path].link || found.has(path) || name.startsWith('@types/')) continue;
    const { version, license, hasInstallScript = false, dependencies = {}, optionalDependencies = {} } = packages[path];
    found.set(path, { path, name, version, license, hasInstallScript });
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) pending.push([path, next]);
    for (const next of Object.keys(packages[path].peerDependencies ?? {})) {
      if (!packages[path].peerDependenciesMeta?.[next]?.optional) pending.push([path, next]);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function find(packages, place, name) {
  for (let folder = place; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
  }
}

/** What is wrong with what is brought along, as sentences. */
export function complaints({ installed, bundled }) {
  return [
    ...[...installed, ...bundled]
      .filter(({ license }) => !isAllowed(license))
      .map(
        ({ name, license }) =>
          `${name} has the licence ${license ?? 'unknown'}, which is not among those of packages/server/supply.mjs.`,
      ),
    ...installed
      .filter(({ hasInstallScript }) => hasInstallScript)
      .map(({ name }) => `${name} runs a script when it is installed, which nothing that comes with the server may.`),
  ];
}

/** The text of `THIRD-PARTY.md`: what is part of the package with its licence in full, what is installed with it as a table. */
export function thirdPartyPage(root) {
  const { installed, bundled } = thirdParty(root);
  const row = ({ name, version, license }) => `| ${name} | ${version} | ${license} |`;
  const head = ['| package | version | licence |', '|---|---|---|'];
  return [
    '# Software of others',
    '',
    '## Part of this package',
    '',
    'The files in `dist/widget` hold code of these packages.',
    '',
    ...head,
    ...bundled.map(row),
    '',
    ...bundled.flatMap((one) => [`### ${one.name}`, '', '```text', licenceText(join(root, one.path)), '```', '']),
    '## Installed with this package',
    '',
    'Each brings its own licence.',
    '',
    ...head,
    ...installed.map(row),
    '',
  ].join('\n');
}

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file, and becomes part of the package.`);
  return readFileSync(join(folder, file), 'utf8').trim();
}

/**
 * A bill of materials in CycloneDX, made by `npm sbom`. The same lock file gives the same text: no time, and a serial number that follows from the content.
 */
export function sbom(root) {
  const made = asRoot(root, (folder) => {
    const { status, stdout, stderr } = npm(folder, [
      'sbom',
      '--package-lock-only',
      '--sbom-format',
      'cyclonedx',
      '--sbom-type',
      'application',
    ]);
    if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
    return JSON.parse(stdout);
  });
  delete made.serialNumber;
  delete made.metadata.timestamp;
  const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  const serial = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  const { $schema, bomFormat, specVersion, ...rest } = made;
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${serial.join('-')}`, ...rest }, null, 1)}\n`;
}

/**
 * Asks the registry which known weaknesses there are in what is brought along.
 * @returns {{ weak: { name: string, severity: string, title: string }[] } | { unreachable: string }} `unreachable`: why it could not be asked
 */
export function audit(root) {
  const { stdout, stderr, error } = asRoot(root, (folder) => npm(folder, ['audit', '--package-lock-only', '--json']));
  const told = parsed(stdout);
  if (!told?.vulnerabilities)
    return { unreachable: told?.message ?? told?.error?.summary ?? error?.message ?? stderr.trim() };
  const weak = Object.values(told.vulnerabilities).map(({ name, severity, via }) => ({
    name,
    severity,
    title: via.map((one) => one.title ?? one).join('; '),
  }));
  return { weak };
}

/** Gives `use` a folder whose lock file has the server as its root and all that is brought along: npm knows neither bundled packages nor workspaces alone. */
function asRoot(root, use) {
  const { packages, lockfileVersion } = readJson(join(root, 'package-lock.json'));
  const { installed, bundled } = thirdParty(root);
  const { name, version, license, description, dependencies } = readJson(join(root, 'packages/server/package.json'));
  const named = packages['packages/widget'].devDependencies;
  const own = bundled.filter((one) => Object.hasOwn(named, one.name)).map((one) => [one.name, one.version]);
  const top = { name, version, license, description, dependencies: { ...Object.fromEntries(own), ...dependencies } };
  const listed = { '': top };
  for (const { path } of [...bundled, ...installed]) {
    const { dev: _, devOptional: __, dependencies: needs, ...entry } = packages[path];
    const kept = Object.entries(needs ?? {}).filter(
      ([needed]) => !needed.startsWith('@types/') && !SERVER_SIDE.includes(needed),
    );
    listed[path.replace(/^packages\/\w+\//, '')] = { ...entry, dependencies: Object.fromEntries(kept) };
  }
  const temporary = mkdtempSync(join(tmpdir(), 'clew-supply-'));
  // npm calls the program after its folder.
  const folder = join(temporary, name);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify(top));
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({ name, version, lockfileVersion, requires: true, packages: listed }),
    );
    return use(folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Runs the npm that runs us, else the one of the machine. */
function npm(cwd, args) {
  const own = process.env.npm_execpath;
  const [program, before] = own && existsSync(own) && /\.c?js$/.test(own) ? [process.execPath, [own]] : ['npm', []];
  // Set by `npm pack --workspace`, and meant for the checkout.
  const foreign = /^npm_config_(workspaces?|json|dry_run|pack_destination|local_prefix)$/i;
  return spawnSync(program, [...before, ...args], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32' && program === 'npm',
    env: Object.fromEntries(Object.entries(process.env).filter(([key]) => !foreign.test(key))),
    timeout: 120_000,
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
