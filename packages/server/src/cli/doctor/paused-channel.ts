import { found, type Line } from './finding.ts';

/** The finding about a channel that an operator has paused. */
export function pausedChannel(name: string): Line {
  return found(
    'channel_paused',
    `The channel ${name} is paused: nobody but operators can say anything there.`,
    'Resume it when the reason is gone:',
    `clew channels resume ${name}`,
  );
}
