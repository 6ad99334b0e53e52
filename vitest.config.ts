import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Two at least: many tests wait for processes and sockets. */
const WORKERS = Math.max(2, availableParallelism() - 1);

/** What is waited for comes at once, or a busy machine takes its time: with the 1 s that Vitest gives, tests failed on one now and then. */
const POLL = 10 * SECOND;

/** In a checkout `import … from 'clew'` means the source, in tests and in the processes that they start. */
const CONDITION = '--conditions=clew-source';

interface Group {
  readonly name: string;
  readonly include: string[];
  readonly exclude?: string[];
  /** Limit for one test; hooks get the same. */
  readonly timeout: number;
  /** From 1: groups run one after another in this order, those with the same number at once. Vitest moves a lone worker's 0 to the end. */
  readonly order: number;
  /** Whether its files may run at the same time. Default true. */
  readonly parallel?: boolean;
  readonly globalSetup?: string;
  /**
   * Whether its files run one after another in the same processes, so that what they import is loaded once and not once a file: a quarter of the work.
   * A file that leaves something behind for the next one then fails (`test/kit/independence.setup.ts`). Default false.
   */
  readonly shared?: boolean;
  readonly setupFiles?: string[];
}

/** Tests of one room that start processes, serve a whole Clew over sockets or wait for time. */
const LIVE = ['packages/*/test/**/*.live.test.ts', 'test/{deploy,scale}/**/*.test.ts'];

/** Crashes after which it is held how soon everything goes on. The others wait for most of their time, and so run beside the wires. */
const TIMED = ['test/crash/{cluster,kill,rolling,stop}.test.ts'];

const GROUPS: readonly Group[] = [
  { name: 'walls', include: ['test/walls/**/*.test.ts'], timeout: 30 * SECOND, order: 1 },
  {
    name: 'unit',
    include: ['packages/*/test/**/*.test.ts'],
    exclude: ['packages/server/test/storage/**', ...LIVE],
    timeout: 20 * SECOND,
    order: 1,
    shared: true,
    setupFiles: ['test/kit/quick.setup.ts'],
  },
  { name: 'live', include: LIVE, timeout: 30 * SECOND, order: 2, shared: true },
  {
    name: 'ports',
    include: ['test/ports/**/*.test.ts', 'packages/server/test/storage/**/*.test.ts'],
    exclude: ['test/ports/*.postgres.test.ts'],
    timeout: 30 * SECOND,
    order: 3,
  },
  {
    name: 'postgres',
    include: ['test/ports/*.postgres.test.ts', 'test/postgres/**/*.test.ts'],
    timeout: MINUTE,
    order: 3,
    globalSetup: 'test/kit/postgres.setup.ts',
  },
  {
    name: 'wires',
    include: ['test/**/*.test.ts'],
    exclude: ['test/{walls,ports,postgres,browser,crash,package,deploy,scale}/**'],
    timeout: MINUTE,
    order: 3,
  },
  { name: 'crash', include: ['test/crash/**/*.test.ts'], exclude: TIMED, timeout: 10 * MINUTE, order: 3 },
  {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    timeout: 2 * MINUTE,
    order: 4,
    parallel: false,
    globalSetup: 'test/kit/chromium.setup.ts',
  },
  { name: 'package', include: ['test/package/**/*.test.ts'], timeout: 5 * MINUTE, order: 5, parallel: false },
  { name: 'timed', include: TIMED, timeout: 10 * MINUTE, order: 6, parallel: false },
  // For as long as somebody likes, and so not with the others.
  ...(process.env.SOAK_MINUTES === undefined
    ? []
    : [{ name: 'soak', include: ['test/crash/soak.ts'], timeout: 10 * MINUTE, order: 7, parallel: false }]),
];

export default defineConfig({
  resolve: {
    alias: [{ find: /^clew$/, replacement: fileURLToPath(new URL('packages/server/src/index.ts', import.meta.url)) }],
  },
  test: {
    passWithNoTests: true,
    projects: GROUPS.map((group) => ({
      extends: true as const,
      test: {
        name: group.name,
        include: group.include,
        exclude: ['**/node_modules/**', '**/dist/**', ...(group.exclude ?? [])],
        environment: 'node',
        pool: 'forks' as const,
        execArgv: [CONDITION],
        env: { NODE_OPTIONS: CONDITION },
        testTimeout: group.timeout,
        expect: { poll: { timeout: POLL } },
        hookTimeout: group.timeout,
        maxWorkers: group.parallel === false ? 1 : WORKERS,
        sequence: { groupOrder: group.order },
        isolate: !group.shared,
        setupFiles: [...(group.shared ? ['test/kit/independence.setup.ts'] : []), ...(group.setupFiles ?? [])],
        ...(group.globalSetup ? { globalSetup: [group.globalSetup] } : {}),
      },
    })),
  },
});
