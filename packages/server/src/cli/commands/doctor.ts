import { Command, InvalidArgumentError } from 'commander';
import type { Line } from '../doctor/finding.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print } from '../io.ts';
import { harmless } from '../render/text.ts';

export interface DoctorOptions {
  /** Address of a page; undefined: the installation is looked at. */
  readonly page: string | undefined;
  /** Folder of the project. */
  readonly project: string;
  /** Ask the providers of models, too. */
  readonly online: boolean;
  /** Token to check in place of the page's. */
  readonly token: string | undefined;
  /** Seconds of silence that a connection must bear; 0 tries none. */
  readonly idle: number;
  /** Program of a browser; `null`: none is to be used; undefined: one that is found. */
  readonly browser: string | null | undefined;
  readonly json: boolean;
}

interface Flags {
  readonly project: string;
  readonly online?: boolean;
  readonly token?: string;
  readonly idle?: number;
  /** False with `--no-browser`. */
  readonly browser?: string | false;
  readonly json?: boolean;
}

export function doctorCommand(host: Host): Command {
  return new Command('doctor')
    .summary('Say what is wrong with an installation, or with the chat on a page')
    .description(
      'Looks at the project in this folder and at the server that serves it, or opens a page and says why the chat on it does not appear. Each line says what is well or not, and how to mend it; nothing is changed. The exit code is 1 when something has to be mended.',
    )
    .argument('[page]', 'Address of a page with the chat, for example: https://www.example.com/help.')
    .option('--project <folder>', 'Folder of the project.', '.')
    .option('--online', 'Ask the providers of models and the bucket of files, too, whether they take the key.')
    .option('--token <jwt>', 'Check this token in place of the one of the page.')
    .option('--idle <seconds>', 'Try whether a connection bears so long a silence, 1 to 120.', secondsOf)
    .option('--browser <program>', 'Open the page with this browser. (default: CHROME_PATH, else one of the machine)')
    .option('--no-browser', 'Read the page only; run nothing of it.')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(
        ['clew doctor', 'the project in this folder'],
        ['clew doctor https://www.example.com/help', 'the chat on a page'],
        ['clew doctor https://www.example.com --idle 60 --json', 'with a minute of silence, for programs'],
      ),
    )
    .action((page: string | undefined, { browser, ...flags }: Flags) =>
      host.end(
        doctor(
          {
            page,
            project: flags.project,
            online: flags.online ?? false,
            token: flags.token,
            idle: flags.idle ?? 0,
            browser: browser === false ? null : browser,
            json: flags.json ?? false,
          },
          host.io,
        ),
      ),
    );
}

export async function doctor(options: DoctorOptions, io: Io): Promise<ExitCode> {
  const lines: Line[] = [];
  for await (const line of await linesOf(options, io)) {
    lines.push(line);
    if (!options.json) show(line, io);
  }
  const count = (status: Line['status']) => lines.filter((line) => line.status === status).length;
  const [failed, warned] = [count('fail'), count('warn')];
  if (options.json) print(io, JSON.stringify({ ok: failed === 0, page: options.page ?? null, lines }, null, 2));
  else {
    const said = failed === 0 && warned === 0 ? 'All is well.' : `${failed} to mend, ${warned} to look at.`;
    print(io, `\n${failed === 0 ? io.style.green(said) : io.style.red(said)}`);
  }
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

/** What is loaded is what is wanted: the one needs the project's rooms, the other a parser of HTML. */
async function linesOf(options: DoctorOptions, io: Io): Promise<AsyncIterable<Line>> {
  const { page, project, online, token, idle, browser } = options;
  if (page === undefined) {
    const { examineInstallation } = await import('../doctor/installation/examine.ts');
    return examineInstallation({ project, online }, io);
  }
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(page) ? page : `https://${page}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new Failure(
      EXIT.usage,
      `"${page}" is not the address of a page. Write, for example: clew doctor https://www.example.com/help`,
    );
  const { diagnose } = await import('../doctor/page/diagnose.ts');
  return diagnose(address, { token, idle, browser, now: () => io.now() });
}

const WIDTH = 6;

function show({ status, code, what, fix, change }: Line, io: Io): void {
  const { style } = io;
  const word = { ok: style.green, warn: style.yellow, fail: style.red }[status](status.padEnd(WIDTH));
  const out = (text: string) => print(io, text);
  out(`${word}${harmless(what)}${code === null ? '' : ` ${style.dim(`[${code}]`)}`}`);
  const space = ' '.repeat(WIDTH);
  if (fix !== null) out(`${space}${style.cyan('→')} ${harmless(fix)}`);
  if (change !== null) for (const row of change.split('\n')) out(`${space}    ${harmless(row)}`);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 120) return seconds;
  throw new InvalidArgumentError('It must be a whole number from 1 to 120.');
}
