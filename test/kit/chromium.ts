import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/** Without a sandbox (containers have none), without a GPU, and without talking to anybody but the page under test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const USUAL_PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
];
const MAC_NAMES = ['Google Chrome', 'Chromium'];

/** Starts a headless Chromium, installing one first if there is none. Whoever starts it closes it. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    ...options,
    args: [...FLAGS, ...(options.args ?? [])],
  });
}

/**
 * The path of a Chromium: `CHROMIUM_PATH`, else one of the machine, else one that Playwright fetched, else one that is installed now (by `apt-get`
 * for root on Debian, else by Playwright). Throws one sentence that says what to do when none of that works.
 */
export function ensureChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which is not a program: correct it or unset it.`);
  }
  const found = findChromium();
  if (found) return found;
  const why = install();
  const installed = findChromium();
  if (installed) return installed;
  throw new Error(
    `The browser tests need Chromium and it could not be installed: install it, or set CHROMIUM_PATH to its program. ${why}`,
  );
}

function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...USUAL_PLACES].filter(Boolean);
  const candidates = folders.flatMap((folder) => [...NAMES, ...MAC_NAMES].map((name) => join(folder, name)));
  return [...candidates, chromium.executablePath()].find(isProgram);
}

function isProgram(path: string): boolean {
  if (!path) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tries the ways there are, saying so; gives back what the last one that failed had to say. */
function install(): string {
  let why = '';
  for (const [program, args] of ways()) {
    console.info(`Installing Chromium with "${[program, ...args].join(' ')}" …`);
    const { status, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status === 0 && findChromium()) return '';
    const lines = (error?.message ?? stderr).trim().split('\n');
    why = lines.find((line) => /error|failed|^E:/i.test(line)) ?? lines.at(-1) ?? '';
  }
  return why;
}

function ways(): [program: string, args: string[]][] {
  const playwright = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  const isRoot = process.getuid?.() === 0;
  return [
    ...(isRoot && existsSync('/usr/bin/apt-get')
      ? ([
          ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']],
          ['apt-get', ['update']],
          ['apt-get', ['install', '-y', '--no-install-recommends', 'chromium']],
        ] as [string, string[]][])
      : []),
    [process.execPath, [playwright, 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium']],
  ];
}
