import { extname, relative } from 'node:path';
import { Command } from 'commander';
import type { ClewServer } from '../../app/index.ts';
import { VERSION } from '../../app/version.ts';
import { CONFIG_FILE } from '../../config/index.ts';
import type { Finding, Project } from '../../project/index.ts';
import type { ExitCode } from '../exit-codes.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print } from '../io.ts';
import { drain, surviveRejections, untilStopped } from '../lifetime.ts';
import { readConfig } from '../project.ts';
import { count, countFindings, describeFinding } from '../render/findings.ts';
import { oneLine, widthOf } from '../render/text.ts';
import { addSettings } from '../settings-options.ts';
import type { ServeOptions } from './serve.ts';

export function devCommand(host: Host): Command {
  return addSettings(new Command('dev'))
    .summary('Serve a project and follow its changes')
    .description('Serves a project and reads it again whenever a file changes. Ctrl-C stops it.')
    .addHelpText(
      'after',
      examples(
        ['clew dev', 'the project in this folder, on port 4321'],
        ['clew dev --project my-chat --port 8080', 'another one, on another port'],
        ['clew dev --db :memory:', 'forgets everything when it stops'],
      ),
    )
    .action((flags: ServeOptions) => host.end(dev(flags, host.io)));
}

export async function dev(flags: ServeOptions, io: Io): Promise<ExitCode> {
  const config = readConfig(flags.project, io, flags);
  const [{ createServer }, { createLog }] = await Promise.all([
    import('../../app/server.ts'),
    import('../../app/log.ts'),
  ]);
  // What the log says at `info` is what the banner says better.
  const level = config.log.level === 'info' && flags.logLevel === undefined ? 'warn' : config.log.level;
  const log = createLog({ ...config.log, level }, io.stderr);
  surviveRejections(io, log);
  let known: Project | undefined;
  const server = await createServer(config, {
    log,
    watch: true,
    onReload(project, changed) {
      reloaded({ before: known ?? project, project, changed }, io);
      known = project;
    },
  });
  known = server.project;
  const stopped = untilStopped(io);
  const { url } = await server.start();
  banner(server, url, io);
  await stopped;
  print(io, io.style.dim('\nStopping …'));
  return drain(server, io);
}

function banner({ project }: ClewServer, url: string, io: Io): void {
  const { style } = io;
  const folder = relative(io.cwd, project.folder);
  print(io, `\n  ${style.bold('Clew')} ${style.dim(VERSION)}\n`);
  print(io, `  Chat      ${style.cyan(`${url}/`)}`);
  print(io, `  API       ${style.cyan(`${url}/docs`)}`);
  print(io, `  Project   ${folder === '' ? 'this folder' : folder}\n`);
  listAgents(project, io);
  showFindings(project.findings, io);
  print(io, style.dim('  Files are read again when they change. Ctrl-C stops.\n'));
}

function listAgents({ agents }: Project, io: Io): void {
  if (agents.length === 0) {
    print(io, '  There is no working agent yet. Put one into agents/, or run "clew init" in an empty folder.\n');
    return;
  }
  const width = Math.max(...agents.map(({ agent }) => widthOf(agent.name)));
  print(io, '  Agents');
  for (const { agent } of agents) {
    const name = agent.name + ' '.repeat(width - widthOf(agent.name));
    const about = oneLine(agent.description, Math.max(20, Math.min(io.columns(), 110) - width - 8));
    print(io, `    ${io.style.cyan(name)}  ${io.style.dim(about)}`);
  }
  print(io);
}

function showFindings(findings: readonly Finding[], io: Io): void {
  for (const finding of findings) print(io, `${describeFinding(finding, io.style).replace(/^/gm, '  ')}\n`);
}

interface Reload {
  readonly before: Project;
  readonly project: Project;
  readonly changed: readonly string[];
}

/** One line, and the findings that are new or about what was changed: the others have been seen. */
function reloaded({ before, project, changed }: Reload, io: Io): void {
  const { style } = io;
  const named = changed.filter((path) => extname(path) !== '');
  const files = named.length > 0 ? named : changed;
  const shown = files.length > 2 ? `${files[0]} and ${files.length - 1} more files` : files.join(' and ');
  const found = countFindings(project.findings);
  const agents = count(project.agents.length, 'agent') || 'no agents';
  print(io, `${style.green('↻')} ${shown} changed: ${agents}${found === '' ? '' : `, ${found}`}`);
  const seen = new Set(before.findings.map(identityOf));
  const news = project.findings.filter((finding) => changed.includes(finding.file) || !seen.has(identityOf(finding)));
  showFindings(news, io);
  if (changed.includes(CONFIG_FILE))
    print(io, style.yellow('  Settings are read at the start: stop and start again to use the new ones.'));
}

function identityOf(finding: Finding): string {
  return JSON.stringify(finding);
}
