import { Command } from 'commander';
import { findAgent } from '../chat/agents.ts';
import { addTarget, connected, type Target } from '../connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print, printJson } from '../io.ts';

export interface EmbedOptions extends Target {
  readonly agent: string;
  /** Address under which pages reach the server. Default: its public address. */
  readonly host?: string;
  readonly json: boolean;
}

export function embedCommand(host: Host): Command {
  const command = new Command('embed')
    .summary('Print the script that puts the chat on a page')
    .description('Prints the script that puts the chat on a page. Paste it before </body>.')
    .requiredOption('--agent <name>', 'Name of the agent.')
    .option('--host <url>', 'Address under which the page reaches the server. (default: that of the server)')
    .option('--json', 'Print the configuration only, as JSON.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        ['clew embed --agent guide', 'for a page on this machine'],
        ['clew embed --agent guide --host https://chat.example.com', 'for everybody'],
      ),
    )
    .action(({ json = false, ...flags }: Omit<EmbedOptions, 'json'> & { json?: boolean }) =>
      host.end(embed({ ...flags, json }, host.io)),
    );
}

export function embed({ agent: name, host, json, ...target }: EmbedOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client, url, opened }) => {
    const agent = await findAgent(client, name);
    const hostURL = (host ?? (opened ? opened.server.publicUrl : url) ?? 'http://127.0.0.1:4321').replace(/\/+$/, '');
    const configuration = {
      orchestrationID: agent.tenant_id,
      hostURL,
      chatOptions: { agentId: agent.id },
    };
    if (json) printJson(io, configuration);
    else print(io, snippet(configuration, agent.name));
    return EXIT.ok;
  });
}

/** The documented form of the script, which loads the chat without holding up the page. */
function snippet(configuration: object, agent: string): string {
  // A "</script>" within a text would end the script.
  const json = JSON.stringify(configuration, null, 2).replaceAll('<', '\\u003c').replace(/\n/g, '\n  ');
  return `<!-- The chat with the agent ${agent.replace(/--+|[<>]/g, '')}. Paste this before </body>. -->
<script>
  window.wxOConfiguration = ${json};
  setTimeout(function () {
    const script = document.createElement('script');
    script.src = \`\${window.wxOConfiguration.hostURL}/wxoLoader.js?embed=true\`;
    script.addEventListener('load', function () { wxoLoader.init(); });
    document.head.appendChild(script);
  }, 0);
</script>`;
}
