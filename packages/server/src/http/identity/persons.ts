import { v5 } from 'uuid';
import { ClewError } from '../../model/index.ts';
import { NAMESPACE, userIdOf } from '../principal.ts';
import type { Channels } from './channel.ts';

/** An anonymous person as hosted instances have it: a client's own id. */
export const CLIENT_VISITOR = /^anon(?:ymous)?-([\w-]{16,128})$/;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Makes ids of people: the same text is the same id after every restart and on every machine, and another one in another installation. */
export function createIds(tenantId: string) {
  const idFor = (text: string): string => v5(`${tenantId} ${text}`, NAMESPACE);
  return {
    idFor,
    /** A visitor whose client has chosen its id. */
    client: (channel: string, chosen: string): string => idFor(`${channel} ${chosen}`),
    /** Whoever a signed token names. */
    signed: (sub: string): string => (UUID.test(sub) ? sub.toLowerCase() : idFor(`user ${sub}`)),
    apiKey: (keyId: string): string => idFor(`key ${keyId}`),
  };
}

/** The ids that somebody has here. */
export interface Persons {
  /** UUIDs. */
  readonly userIds: readonly string[];
  /** The channel that was asked about, by its name. */
  readonly channel?: string;
}

/**
 * The ids under which somebody may have said something, whom a token calls `sub`: as signed user, as visitor (whose id it is, or who chose it: `anonymous-…`), as the person of a local
 * token with that name, as the program with that API key. Throws `channel_not_found` and, for a `sub` that nobody can have, `invalid_request`.
 */
export function createPersons(channels: Channels, tenantId: string) {
  const ids = createIds(tenantId);
  return (sub: string, named?: string): Persons => {
    const subject = sub.trim();
    if (subject.length === 0 || subject.length > 255)
      throw new ClewError('invalid_request', undefined, {
        issues: [
          {
            path: ['body', 'sub'],
            message: 'Say who it is in 1 to 255 characters: the `sub` of their tokens.',
            type: 'value_error',
          },
        ],
      });
    const channel = channels.named(named)?.name;
    if (named !== undefined && channel === undefined) throw new ClewError('channel_not_found');
    const chosen = CLIENT_VISITOR.exec(subject)?.[1];
    const visitors =
      chosen === undefined
        ? []
        : channels.all
            .filter(({ name }) => channel === undefined || name === channel)
            .map(({ name }) => ids.client(name, chosen));
    const userIds = new Set([ids.signed(subject), userIdOf(subject), ids.apiKey(subject), ...visitors]);
    return { userIds: [...userIds], ...(channel === undefined ? {} : { channel }) };
  };
}
