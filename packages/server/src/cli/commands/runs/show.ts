import type { Run } from '@clew/wire/orchestrate';
import { Command } from 'commander';
import { showMessages } from '../../chat/transcript.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, print, printJson } from '../../io.ts';
import { styleStatus } from '../../render/status.ts';
import { harmless } from '../../render/text.ts';
import { ago, took } from '../../render/time.ts';

export interface ShowOptions extends Target {
  readonly id: string;
  readonly json: boolean;
}

export function showCommand(host: Host): Command {
  const command = new Command('show')
    .summary('Show the state of a run and its answer')
    .description('Shows the state of a run and its last message.')
    .addArgument(idArgument('Id of the run, from "clew runs list".'))
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples([`clew runs show ${EXAMPLE_ID}`, 'for people'], [`clew runs show ${EXAMPLE_ID} --json`, 'for programs']),
    )
    .action((id: string, { json = false, ...flags }: Target & { json?: boolean }) =>
      host.end(show({ id, json, ...flags }, host.io)),
    );
}

export function show({ id, json, ...target }: ShowOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client }) => {
    const run = await client.run(id);
    if (json) {
      printJson(io, run);
      return EXIT.ok;
    }
    const { style } = io;
    const [agent] = await client.agents({ ids: [run.agent_id] });
    const ended = run.completed_at ?? run.failed_at ?? run.cancelled_at;
    const rows = [
      ['Run', run.id],
      ['Status', styleStatus(run.status, style)],
      ['Agent', agent?.name ?? run.agent_id],
      ['Thread', run.thread_id],
      ['Begun', `${run.created_at.slice(0, 19).replace('T', ' ')} UTC (${ago(run.created_at, io.now())})`],
      ['Took', took(run.started_at, ended)],
      ['Tokens', tokensOf(run.usage)],
      ['Error', harmless(run.last_error ?? '')],
    ] as const;
    for (const [name, value] of rows) if (value !== '') print(io, `${style.dim(name.padEnd(8))} ${value}`);
    const answer = run.result?.data.message;
    if (answer) {
      print(io);
      showMessages([answer], io, { mark: '' });
    }
    if (run.status === 'requires_input')
      print(io, style.dim(`\nIt waits for an answer: clew chat --thread ${run.thread_id}`));
    return EXIT.ok;
  });
}

/** `1,200 in, 340 out, cost 0.0042 (gpt-x)`; nothing for a run without a model. */
function tokensOf(usage: Run['usage']): string {
  if (!usage) return '';
  const { token_usage: tokens, model_usage: models, cost } = usage;
  const count = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  const all = (value: number) => value.toLocaleString('en-US');
  const price = cost === undefined ? '' : `, cost ${count(cost)}`;
  const names = models.map(({ model_name: name }) => harmless(name)).join(', ');
  return `${all(tokens.prompt_tokens)} in, ${all(tokens.completion_tokens)} out${price} (${names})`;
}
