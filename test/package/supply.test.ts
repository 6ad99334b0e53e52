import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { sbom, thirdParty, thirdPartyPage } from '../../packages/server/supply.mjs';
import { ROOT } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { run } from './installed.ts';

test('the bill of materials lists all that comes with the package, and is the same each time', () => {
  const text = sbom(ROOT);
  const { bomFormat, metadata, components } = JSON.parse(text) as {
    bomFormat: string;
    metadata: { component: { name: string } };
    components: { name: string; version: string; purl: string; hashes: unknown[]; licenses: unknown[] }[];
  };
  expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'clew']);
  const { installed, bundled } = thirdParty(ROOT);
  const known = new Set([...installed, ...bundled].map(({ name, version }) => `${name}@${version}`));
  expect(new Set(components.map(({ name, version }) => `${name}@${version}`))).toEqual(known);
  for (const { purl, hashes, licenses } of components)
    expect([purl, hashes, licenses]).toEqual([
      expect.stringMatching(/^pkg:npm\//),
      [expect.anything()],
      [expect.anything()],
    ]);
  expect(sbom(ROOT)).toBe(text);
});

test('the licences of what is part of the package are given in full', () => {
  const page = thirdPartyPage(ROOT);
  for (const { name, version, license } of thirdParty(ROOT).installed)
    expect(page).toContain(`| ${name} | ${version} | ${license} |`);
  expect(page).toContain('Redistribution and use in source and binary forms');
  expect(page).not.toContain(ROOT);
});

/** What a registry says of a package: npm looks which of its versions are concerned. */
function described(path: string): object {
  const name = decodeURIComponent(path.slice(1));
  const versions = thirdParty(ROOT)
    .installed.filter((one) => one.name === name)
    .map(({ version }) => version);
  return {
    name,
    'dist-tags': { latest: versions[0] },
    versions: Object.fromEntries(versions.map((version) => [version, { name, version }])),
  };
}

/** A registry that knows these weaknesses, by package. */
async function registry(advisories: object, asked: string[][] = []): Promise<string> {
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      if (!incoming.url?.endsWith('/advisories/bulk'))
        return outgoing.end(JSON.stringify(described(incoming.url ?? '')));
      const bytes = Buffer.concat(chunks);
      asked.push(
        Object.keys(JSON.parse(String(incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes))),
      );
      return outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(advisories));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** `npm run audit` with this registry and an empty cache, in which npm would keep what it found. */
const audit = (address: string) =>
  run(
    ROOT,
    process.execPath,
    '--input-type=module',
    '-e',
    `Object.assign(process.env, ${JSON.stringify({ npm_config_registry: address, npm_config_cache: tempDir() })});
    await import(${JSON.stringify(pathToFileURL(join(ROOT, 'scripts/bootstrap.mjs')))});`,
    'bootstrap',
    'audit',
  );

const weakness = (severity: string) => ({
  yaml: [
    {
      id: 1,
      url: 'https://example.com/1',
      title: 'Reads too much',
      severity,
      vulnerable_versions: '>=0.0.0',
      cwe: [],
      cvss: { score: 0, vectorString: null },
    },
  ],
});

test('an audit asks about all of it, the widget’s included, and fails for what is grave', async () => {
  const asked: string[][] = [];
  await audit(await registry({}, asked));
  const { installed, bundled } = thirdParty(ROOT);
  expect(asked[0]).toEqual(expect.arrayContaining([...installed, ...bundled].map(({ name }) => name)));
  await audit(await registry(weakness('moderate')));
  await expect(audit(await registry(weakness('high')))).rejects.toThrow(/high: yaml: Reads too much/);
});

test('an audit without a registry says that it was skipped', async () => {
  const address = 'http://127.0.0.1:9/';
  await expect(audit(address)).resolves.toBe('');
});
