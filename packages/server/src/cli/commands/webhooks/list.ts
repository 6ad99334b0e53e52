import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { addListing } from '../../listing.ts';
import { printTable } from '../../render/table.ts';
import { webhookRegistry } from '../../webhook-registry.ts';

export interface ListOptions extends Target {
  readonly limit: number;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List webhooks, and what they were not told')
    .description(
      'Lists the webhooks of a server, and the deliveries that are still on their way or were given up, the newest first.',
    );
  return addTarget(addListing(command))
    .addHelpText('after', examples(['clew webhooks list', 'those of the server of this folder']))
    .action(({ json = false, ...flags }: Target & { limit: number; json?: boolean }) =>
      host.end(list({ ...flags, json }, host.io)),
    );
}

export function list({ limit, json, ...target }: ListOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const found = await webhookRegistry(connection).list(limit);
    if (json) {
      printJson(io, found);
      return EXIT.ok;
    }
    if (found.webhooks.length === 0) print(io, 'No webhooks. docs/webhooks.md says how to set one up.');
    else {
      const columns = ['WEBHOOK', 'EVENTS', 'ADDRESS', 'PENDING', 'DEAD'].map((title) => ({ title }));
      const rows = found.webhooks.map(({ name, events, url, pending, dead }) => [
        ...[name, events.join(', '), url, String(pending), String(dead)],
      ]);
      printTable(io, columns, rows);
    }
    if (found.deliveries.length > 0) {
      print(io, '');
      const columns = ['DELIVERY', 'WEBHOOK', 'EVENT', 'TRIED', 'NEXT', 'PROBLEM'].map((title) => ({ title }));
      const rows = found.deliveries.map(({ id, webhook, type, attempts, next_on: next, problem }) => [
        ...[id, webhook, type, String(attempts), next ?? 'given up', problem ?? ''],
      ]);
      printTable(io, columns, rows);
    }
    return EXIT.ok;
  });
}
