/** A part of the house and what it may lean on. */
export interface Room {
  readonly name: string;
  /** Folders or files, relative to the repository. The room of a file is the one with the longest match. */
  readonly paths: readonly string[];
  /** Rooms it may import, by name; itself is always allowed. */
  readonly mayImport: readonly string[];
  /** Rooms of which it may import types, and nothing that exists at run time. */
  readonly mayImportTypesOf?: readonly string[];
  /** Packages and built-in modules it may import: exact names, or a beginning that ends in `*`. */
  readonly packages: readonly string[];
  /** Why, in a sentence, for whoever meets the failure. */
  readonly reason: string;
}

const SERVER = 'packages/server/src';

/** Whatever reads files, hashes or waits, but does not serve, store or start processes. */
const QUIET_NODE = [
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:os',
  'node:path',
  'node:perf_hooks',
  'node:timers',
  'node:timers/promises',
  'node:url',
  'node:util',
];
const FILES = ['node:fs', 'node:fs/promises'];

/** The plan of the house. The table in ARCHITECTURE.md says the same in prose. */
export const ROOMS: readonly Room[] = [
  {
    name: 'model',
    paths: [`${SERVER}/model`],
    mayImport: [],
    packages: [],
    reason: 'the model is pure and synchronous: nouns and facts, no I/O and no library',
  },
  {
    name: 'ports',
    paths: [`${SERVER}/ports`],
    mayImport: ['model'],
    packages: [],
    reason: 'ports say what the engine needs from the world and know nothing that provides it',
  },
  {
    name: 'engine',
    paths: [`${SERVER}/engine`],
    mayImport: ['model', 'ports', 'engine entry'],
    packages: QUIET_NODE,
    reason: 'the engine knows no SQL, no HTTP, no model provider and no protocol word',
  },
  {
    name: 'engine entry',
    paths: [`${SERVER}/engine/engine.ts`],
    mayImport: ['model', 'ports'],
    packages: [],
    reason: 'the face of the engine that wires see is made of types',
  },
  {
    name: 'runtimes',
    paths: [`${SERVER}/runtimes`],
    mayImport: ['model', 'ports'],
    packages: ['*'],
    reason: 'a runtime turns a turn into emitted facts; it neither decides nor stores nor serves',
  },
  {
    name: 'runtimes/remote',
    paths: [`${SERVER}/runtimes/remote`],
    mayImport: ['model', 'ports', 'runtimes', 'wire', 'acp parts'],
    packages: ['*'],
    reason: 'a remote runtime speaks a protocol as a client does, through @clew/wire',
  },
  {
    name: 'storage/sqlite',
    paths: [`${SERVER}/storage/sqlite`],
    mayImport: ['model', 'ports', 'storage'],
    packages: ['node:sqlite', 'node:worker_threads', ...QUIET_NODE, ...FILES],
    reason: 'an adapter implements ports on one database and knows no other adapter',
  },
  {
    name: 'storage/postgres',
    paths: [`${SERVER}/storage/postgres`],
    mayImport: ['model', 'ports', 'storage'],
    packages: ['pg', ...QUIET_NODE, ...FILES],
    reason: 'an adapter implements ports on one database and knows no other adapter',
  },
  {
    name: 'storage/files',
    paths: [`${SERVER}/storage/files`],
    mayImport: ['model', 'ports'],
    packages: ['aws4fetch', ...QUIET_NODE, ...FILES],
    reason: 'an adapter implements ports on one place for files and knows no other adapter',
  },
  {
    name: 'storage',
    paths: [`${SERVER}/storage`],
    mayImport: ['model', 'ports'],
    packages: ['node:zlib', ...QUIET_NODE],
    reason: 'what storage adapters share is not about any of them',
  },
  {
    name: 'project',
    paths: [`${SERVER}/project`],
    mayImport: ['model', 'ports', 'runtimes'],
    packages: ['zod', 'yaml', 'marked', 'htmlparser2', 'unpdf', 'uuid', 'node:module', ...QUIET_NODE, ...FILES],
    reason: 'a project reads files into agents and knowledge; it does not run, store or serve them',
  },
  {
    name: 'wires contract',
    paths: [`${SERVER}/wires/endpoint.ts`],
    mayImport: ['model'],
    packages: ['zod'],
    reason: 'an endpoint is data that every wire and http agree on',
  },
  {
    name: 'wires/orchestrate',
    paths: [`${SERVER}/wires/orchestrate`],
    mayImport: ['model', 'wires contract', 'wire'],
    mayImportTypesOf: ['engine entry'],
    packages: ['zod', ...QUIET_NODE],
    reason: 'a wire is a projection: it never meets another wire, http, storage or a runtime',
  },
  {
    name: 'wires/approvals',
    paths: [`${SERVER}/wires/approvals`],
    mayImport: ['model', 'wires contract'],
    mayImportTypesOf: ['engine entry'],
    packages: ['zod', ...QUIET_NODE],
    reason: 'pages for people who follow a link: a projection like every wire, which meets no other',
  },
  {
    name: 'acp parts',
    paths: [`${SERVER}/wires/acp/parts.ts`],
    mayImport: ['model', 'wire'],
    packages: [],
    reason:
      'how a part is written in ACP is a pure function, the same for those who come here and for agents elsewhere',
  },
  {
    name: 'wires/acp',
    paths: [`${SERVER}/wires/acp`],
    mayImport: ['model', 'wires contract', 'wire', 'acp parts'],
    mayImportTypesOf: ['engine entry'],
    packages: ['zod', ...QUIET_NODE],
    reason: 'a wire is a projection: it never meets another wire, http, storage or a runtime',
  },
  {
    name: 'http',
    paths: [`${SERVER}/http`],
    mayImport: ['model', 'wires contract'],
    packages: [
      'altcha-lib',
      'altcha-lib/*',
      'hono',
      'hono/*',
      'jose',
      'pino',
      'uuid',
      'zod',
      'node:dns',
      'node:http',
      'node:https',
      'node:net',
      'node:stream',
      ...QUIET_NODE,
      ...FILES,
    ],
    reason: 'http mounts whatever wires it is given and knows none by name',
  },
  {
    name: 'config',
    paths: [`${SERVER}/config`],
    mayImport: [],
    packages: ['zod', 'yaml', ...QUIET_NODE, ...FILES],
    reason: 'config turns file, environment and flags into one frozen value and nothing else',
  },
  {
    name: 'webhooks',
    paths: [`${SERVER}/webhooks`],
    mayImport: ['model', 'ports'],
    packages: ['standardwebhooks'],
    reason:
      'webhooks tell of what stands in the store; how a request is made and which address may be asked is given to them',
  },
  {
    name: 'app',
    paths: [`${SERVER}/app`],
    mayImport: [
      'model',
      'ports',
      'engine',
      'engine entry',
      'runtimes',
      'runtimes/remote',
      'storage',
      'storage/sqlite',
      'storage/postgres',
      'storage/files',
      'project',
      'wires contract',
      'wires/orchestrate',
      'wires/acp',
      'wires/approvals',
      'http',
      'webhooks',
      'config',
      'manifest',
    ],
    packages: ['pino', 'picocolors', 'uuid', 'node:stream', ...QUIET_NODE, ...FILES],
    reason: 'the composition root chooses the adapters; only the command line stands above it',
  },
  {
    name: 'cli',
    paths: [`${SERVER}/cli`],
    mayImport: ['app', 'config', 'project', 'wire', 'manifest', 'cli/doctor'],
    packages: [
      'commander',
      'picocolors',
      'node:process',
      'node:readline',
      'node:readline/promises',
      'node:stream',
      'node:child_process',
      ...QUIET_NODE,
      ...FILES,
    ],
    reason: 'the command line starts a server or talks to one over its wire, and reaches into nothing else',
  },
  {
    name: 'cli/doctor',
    paths: [`${SERVER}/cli/doctor`],
    mayImport: ['cli', 'app', 'config', 'project', 'manifest', 'embedding'],
    packages: [
      'altcha-lib',
      'altcha-lib/*',
      'htmlparser2',
      'node:child_process',
      'node:net',
      'node:tls',
      ...QUIET_NODE,
      ...FILES,
    ],
    reason:
      'the doctor looks at an installation and at pages from outside: it asks as a browser would, and changes nothing',
  },
  {
    name: 'manifest',
    paths: ['packages/server/package.json'],
    mayImport: [],
    packages: [],
    reason: 'the version of the package stands in one place',
  },
  {
    name: 'public entry',
    paths: [`${SERVER}/index.ts`],
    mayImport: ['model', 'ports', 'runtimes', 'app', 'config'],
    packages: [],
    reason: 'the package exports what authors of agents need, by name',
  },
  {
    name: 'wire',
    paths: ['packages/wire/src'],
    mayImport: [],
    packages: ['zod'],
    reason: 'the protocols run anywhere: in browsers, in the server, in other programs',
  },
  {
    name: 'embedding',
    paths: [
      'packages/widget/src/config/check.ts',
      'packages/widget/src/config/keys.ts',
      'packages/widget/src/pages/snippet/parse.ts',
    ],
    mayImport: [],
    packages: [],
    reason:
      'what an embedding may say is read in the same way by the chat, by the page that checks it and by the doctor',
  },
  {
    name: 'widget',
    paths: ['packages/widget/src'],
    mayImport: ['wire', 'embedding'],
    packages: ['lit', 'lit/*', 'altcha-lib', 'altcha-lib/*', 'marked', 'highlight.js', 'highlight.js/*'],
    reason: 'the widget is a guest in a page and speaks to the server over HTTP only',
  },
];
