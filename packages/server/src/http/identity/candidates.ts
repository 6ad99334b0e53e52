import type { IncomingHttpHeaders } from 'node:http';
import { ClewError } from '../../model/index.ts';
import type { Channel, Channels, Mode } from './channel.ts';
import { admits, CHANNEL_HEADER, isOwn } from './origins.ts';
import type { IdentityState } from './state.ts';

/** The channels that a request may belong to, the likeliest first. Throws `origin_not_allowed` when its page may use none of them. */
export function candidatesFor(
  channels: Channels,
  headers: IncomingHttpHeaders,
  publicUrl: string,
): { candidates: readonly Channel[]; origin: string | undefined } {
  const id = headers[CHANNEL_HEADER];
  const named = channels.named(typeof id === 'string' ? id : undefined);
  const foreign = headers.origin !== undefined && !isOwn(headers.origin, headers.host, publicUrl);
  if (!foreign) return { candidates: named ? [named] : usualFirst(channels), origin: undefined };
  const origin = headers.origin as string;
  // A page without an origin reaches an open channel by what strangers do not know.
  const isHidden = (channel: Channel) =>
    origin === 'null' && id === channels.tenantId && channel.modes.includes('open');
  const candidates = (named ? [named] : usualFirst(channels)).filter((one) => admits(one, origin) || isHidden(one));
  if (candidates.length === 0) {
    const where = named ? `the channel ${named.name}` : 'this server';
    throw new ClewError(
      'origin_not_allowed',
      `Pages of ${origin.slice(0, 200)} may not use ${where}. Add it to \`origins\` of the channel in clew.config.yaml.`,
    );
  }
  return { candidates, origin };
}

function usualFirst({ all, usual }: Channels): readonly Channel[] {
  return all[0] === usual ? all : [usual, ...all.filter((one) => one !== usual)];
}

/** The modes of a channel: those of the file, with what was set over the API on top. */
export function modesOf(channel: Channel, state: IdentityState): readonly Mode[] {
  const enabled = state.channels[channel.name]?.securityEnabled;
  if (enabled === undefined) return channel.modes;
  if (enabled) return ['signed', ...channel.modes.filter((mode) => mode === 'apiKey')];
  const rest = channel.modes.filter((mode) => mode !== 'signed');
  return rest.some((mode) => mode === 'open' || mode === 'anonymous') ? rest : [...rest, 'anonymous'];
}

/** Why nobody can use the channel yet: it is for signed users alone and has no key. */
export function problemOf(channel: Channel, state: IdentityState): ClewError | undefined {
  const modes = modesOf(channel, state);
  if (modes.some((mode) => mode !== 'signed')) return undefined;
  if (channel.keys.length > 0 || channel.jwks !== null) return undefined;
  if ((state.channels[channel.name]?.keys ?? []).length > 0) return undefined;
  return new ClewError(
    'security_not_set_up',
    `The channel ${channel.name} is for signed users and has no key to check them with. Run: clew keys new --channel ${channel.name}`,
  );
}

/** The refusal of a request without a token. */
export function tokenRequired(modes: readonly Mode[]): ClewError {
  const message = modes.includes('anonymous')
    ? 'This channel wants a token. POST …/auth/visitor gives one to a visitor.'
    : undefined;
  return new ClewError('token_required', message);
}

/** Whether programs come in with API keys. */
export function takesKeys(channel: Channel, state: IdentityState): boolean {
  const modes = modesOf(channel, state);
  return modes.includes('apiKey') || modes.includes('open');
}
