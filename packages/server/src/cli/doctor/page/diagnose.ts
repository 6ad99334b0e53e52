import { findBrowser } from '../browser/find.ts';
import { lookAt } from '../browser/look.ts';
import { type FindingCode, found, type Line } from '../finding.ts';
import { checkAgent, checkChannel } from './channel.ts';
import { checkCors } from './cors.ts';
import { checkPolicies } from './csp.ts';
import { type Embedding, findEmbedding } from './embedding.ts';
import { checkLoader } from './loader.ts';
import { judgeSeen } from './outcome.ts';
import { readPage, type Sight } from './sight.ts';
import { checkStream, type Pace } from './stream.ts';
import { ago } from './token.ts';
import { checkVersion } from './version.ts';

export interface DiagnoseOptions {
  /** Token to check in place of the page's. */
  readonly token?: string | undefined;
  /** Seconds of silence that a connection must bear; 0 tries none. Default 0. */
  readonly idle?: number;
  /** Program of a browser; `null` uses none; undefined: one that is found. */
  readonly browser?: string | null | undefined;
  /** How answers are measured. Default: five lines in 0.8 s. */
  readonly pace?: Pace;
  readonly now: () => number;
}

/** Clocks may differ by this much before it is said; tokens allow for 60 s. */
const SKEW_MS = 30_000;

/** Says why the chat on a page works or does not, a line as soon as it is known. */
export async function* diagnose(url: string, options: DiagnoseOptions): AsyncGenerator<Line, void, undefined> {
  const { now } = options;
  const read = await readPage(url, now);
  yield* read.lines;
  if (!read.sight) return;
  let sight = read.sight;
  const program = options.browser === undefined ? findBrowser() : (options.browser ?? undefined);
  if (program) {
    try {
      sight = await lookAt(program, url);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      yield found(
        'browser_failed',
        `The browser ${program} could not be used: ${why}.`,
        'Name another one; the page was read without running anything of it.',
        'CHROME_PATH=/usr/bin/google-chrome',
      );
    }
  } else if (options.browser === undefined) {
    yield found(
      'browser_missing',
      'There is no browser here: the page was read, and nothing of it was run. What its scripts do, and what its console says, was not seen.',
      'Install Chromium, Chrome or Edge, or name one:',
      'CHROME_PATH=/usr/bin/google-chrome',
    );
  }
  const failed = new Set<FindingCode>();
  const embedded = await findEmbedding(sight, now);
  const { embedding } = embedded;
  for await (const line of examine(embedded, sight, options)) {
    if (line.status === 'fail' && line.code) failed.add(line.code);
    yield line;
  }
  yield* judgeSeen(sight, embedding, failed);
}

async function* examine(
  { lines, embedding }: { readonly lines: readonly Line[]; readonly embedding: Embedding | undefined },
  sight: Sight,
  { now, token, idle = 0, pace }: DiagnoseOptions,
): AsyncGenerator<Line, void, undefined> {
  yield* lines;
  if (!embedding) return;
  yield* checkPolicies(embedding, sight);
  const loader = await checkLoader(embedding, sight, now);
  yield* loader.lines;
  if (!loader.answer) return;
  const { aheadMs = 0 } = loader.answer;
  if (Math.abs(aheadMs) > SKEW_MS)
    yield found(
      'clock_skew',
      `The clock of the server is ${ago(Math.abs(aheadMs) / 1_000)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the one of this machine. Tokens are judged by the server's.`,
      'Let both machines, and the one that signs tokens, keep their clocks by NTP:',
      'timedatectl set-ntp true',
    );
  const asking = { embedding, sight, now, token };
  const channel = await checkChannel(asking, aheadMs);
  yield* channel.lines;
  if (!channel.lines.some(({ code }) => code === 'origin_refused')) yield* await checkCors(embedding, sight, now);
  if (!channel.stop) yield* await checkAgent(asking, channel.token);
  yield* await checkStream(embedding, sight, { now, idle, pace });
  const version = await checkVersion(embedding.host, sight);
  if (version) yield version;
}
