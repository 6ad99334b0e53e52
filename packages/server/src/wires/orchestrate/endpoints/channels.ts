import { channelState, channelStates } from '@clew/wire/orchestrate';
import type { Endpoint } from '../../endpoint.ts';
import type { ChannelDesk } from '../channels.ts';
import { operatorOnly } from '../operator.ts';
import { plainPath } from '../paths.ts';

const PRIVATE = { tag: 'Security', access: 'principal' } as const;

/** The channels, for operators: who comes in there may be stopped for a while. */
export function channelEndpoints(desk: ChannelDesk): Endpoint[] {
  const switched = (verb: 'pause' | 'resume', summary: string): Endpoint => ({
    ...PRIVATE,
    ...plainPath(`/private/channels/{channel}/${verb}`),
    method: 'POST',
    summary,
    schemas: { reply: channelState },
    async handle(request) {
      operatorOnly(request);
      return { status: 200, body: await desk.setPaused(request.params.channel ?? '', verb === 'pause') };
    },
  });
  return [
    {
      ...PRIVATE,
      ...plainPath('/private/channels'),
      method: 'GET',
      summary: 'List the channels of the server, and which of them are paused',
      schemas: { reply: channelStates },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: { channels: await desk.list() } };
      },
    },
    switched('pause', 'Pause a channel: nobody but operators can say anything there, what was said can be read'),
    switched('resume', 'End the pause of a channel'),
  ];
}
