import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { type Admission, createAdmission, createSignOuts, createUploads, type Uploads } from '../engine/index.ts';
import { type AddressOf, createAddressOf, createOpenRequests, type OpenRequests } from '../http/index.ts';
import { ClewError, type Scope } from '../model/index.ts';
import type { Store } from '../ports/index.ts';
import type { ChannelDesk } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { createPauses } from './pauses.ts';

/** Largest request of a visitor where the channel does not say: whatever is in it is kept, and not all of it is text that is counted. */
const VISITOR_BYTES = 262_144;
/** Bytes of a character in JSON, written as an escape, with what stands around a message. */
const LONGEST_CHARACTER = 8;

/** What keeps visitors from costing more than the owner of a channel allows. */
export interface Shield {
  readonly admission: Admission;
  readonly uploads: Uploads;
  readonly openRequests: OpenRequests;
  readonly addressOf: AddressOf;
  /** Largest request body of a caller, files apart. */
  readonly bodyBytesOf: (scope: Scope) => number;
  readonly channels: ChannelDesk;
  /** Counts a visitor of an address who signs out. Throws `rate_limited`. */
  readonly admitSignOut: (address: string) => Promise<void>;
  /** Whether a channel is paused, as of half a second ago. */
  readonly isPaused: (channel: string) => Promise<boolean>;
}

/** The shield of an installation, by the limits of its channels. */
export function shieldOf({ config, store, log }: { config: Config; store: Store; log: Logger }): Shield {
  const pauses = createPauses(store, REAL_CLOCK);
  const limitsOf = (channel: string) =>
    Object.hasOwn(config.channels, channel) ? config.channels[channel]?.limits : undefined;
  const ceilingsOf = (channel: string) => {
    const limits = limitsOf(channel);
    return (
      limits && {
        visitor: limits.visitor.openRequests,
        user: limits.user.openRequests,
        address: limits.address.openRequests,
        channel: limits.channel.openRequests,
      }
    );
  };
  const describe = async (name: string) => {
    const channel = Object.hasOwn(config.channels, name) ? config.channels[name] : undefined;
    if (!channel) throw new ClewError('channel_not_found');
    return { name, modes: channel.modes, paused: await pauses.isPaused(name) };
  };
  return {
    admission: createAdmission({ store, clock: REAL_CLOCK, limitsOf, isPaused: pauses.isPaused }),
    uploads: createUploads({ store, clock: REAL_CLOCK, limitsOf, isPaused: pauses.isPaused }),
    openRequests: createOpenRequests(ceilingsOf),
    addressOf: createAddressOf({
      trustedProxies: config.server.trustedProxies?.split(/[,\s]+/).filter(Boolean) ?? [],
      onUntrusted: (address) =>
        log.warn(
          { address },
          'requests come through a proxy that is not in server.trustedProxies: its visitors share the ceilings of one address',
        ),
    }),
    bodyBytesOf({ audience, channel }) {
      const limits = channel === undefined ? undefined : limitsOf(channel);
      if (limits?.requestBytes != null) return limits.requestBytes;
      if (audience !== 'visitor') return Number.POSITIVE_INFINITY;
      return Math.max(VISITOR_BYTES, (limits?.messageCharacters ?? 0) * LONGEST_CHARACTER);
    },
    admitSignOut: createSignOuts({ store, clock: REAL_CLOCK }),
    isPaused: pauses.isPaused,
    channels: {
      list: () => Promise.all(Object.keys(config.channels).map(describe)),
      async setPaused(name, paused) {
        await describe(name);
        await pauses.set(name, paused);
        return describe(name);
      },
    },
  };
}
