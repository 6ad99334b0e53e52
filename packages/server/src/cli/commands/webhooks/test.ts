import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print } from '../../io.ts';
import { webhookRegistry } from '../../webhook-registry.ts';

export interface TestOptions extends Target {
  readonly name: string;
}

export function testWebhookCommand(host: Host): Command {
  const command = new Command('test')
    .summary('Send a test to a webhook, and see what it answers')
    .description('Sends a signed "webhook.test" to a webhook from the server, once, and shows what it answers.')
    .argument('<webhook>', 'Name of the webhook, from "clew webhooks list".');
  return addTarget(command)
    .addHelpText('after', examples(['clew webhooks test shop', 'see whether "shop" takes what is signed for it']))
    .action((name: string, flags: Target) => host.end(test({ name, ...flags }, host.io)));
}

export function test({ name, ...target }: TestOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const { status, problem, ms } = await webhookRegistry(connection).test(name);
    if (problem !== null) throw new Failure(EXIT.failed, `The webhook ${name} did not take the test. ${problem}`);
    print(io, `${io.style.green('✓')} The webhook ${name} took the test: status ${status} after ${ms} ms.`);
    return EXIT.ok;
  });
}
