import { isPublic } from '../../../app/examine.ts';
import { operatorToken } from '../../../app/storage.ts';
import type { Config } from '../../../config/index.ts';
import { fine, found, type Line } from '../finding.ts';
import { ask } from '../page/ask.ts';
import { pausedChannel } from '../paused-channel.ts';

/** Whether each channel lets in whom it is for, and nobody else. `url`: the server, when it runs; it alone knows the keys that were registered with it. */
export async function checkChannels(config: Config, url: string | undefined, now: () => number): Promise<Line[]> {
  const lines: Line[] = [];
  const paused = await pausedChannels(config, url, now);
  for (const [name, { modes, origins, keys, jwks }] of Object.entries(config.channels)) {
    const before = lines.length;
    if (modes.includes('open') && isPublic(config))
      lines.push(
        found(
          'channel_open_to_all',
          `The channel ${name} is open, and other machines may reach the server${config.server.allowOpen ? '' : ', which therefore does not start'}: everybody is its operator.`,
          'Give it another mode in clew.config.yaml:',
          `channels:\n  ${name}:\n    modes: [anonymous]`,
        ),
      );
    const isForPages = modes.includes('anonymous') || modes.includes('signed');
    if (isForPages && !modes.includes('open') && origins.length === 0)
      lines.push(
        found(
          'channel_without_origins',
          `The channel ${name} is for pages and lists no origin, so that only the server's own pages can use it.`,
          'Add the sites that have the chat:',
          `channels:\n  ${name}:\n    origins:\n      - https://www.example.com`,
        ),
      );
    if (modes.includes('signed') && keys.length === 0 && jwks === null && url !== undefined) {
      const { response } = await ask(`${url}/api/v1/auth/channel`, {
        now,
        headers: { 'x-ibm-wo-orchestrate-id': name },
      });
      const { code } = (await response.json().catch(() => ({}))) as { code?: unknown };
      if (code === 'security_not_set_up')
        lines.push(
          found(
            'channel_not_set_up',
            `The channel ${name} is for signed users and has no key.`,
            'Make a key pair for the site:',
            `clew keys new --channel ${name}`,
          ),
        );
    }
    if (paused.has(name)) lines.push(pausedChannel(name));
    if (lines.length === before) lines.push(fine(`The channel ${name} is set up (${modes.join(', ')}).`));
  }
  return lines;
}

/** Whoever can read the secret of the installation is its operator; of a server elsewhere nothing is known. */
async function pausedChannels(
  { storage }: Config,
  url: string | undefined,
  now: () => number,
): Promise<ReadonlySet<string>> {
  const token = url === undefined ? undefined : await operatorToken(storage).catch(() => undefined);
  if (token === undefined) return new Set();
  const { response } = await ask(`${url}/api/v1/private/channels`, {
    now,
    headers: { authorization: `Bearer ${token}` },
  });
  const { channels = [] } = (await response.json().catch(() => ({}))) as {
    channels?: readonly { name: string; paused: boolean }[];
  };
  return new Set(channels.filter((one) => one.paused).map(({ name }) => name));
}
