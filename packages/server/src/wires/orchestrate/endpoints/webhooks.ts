import {
  type DeliveryReply,
  retryReply,
  retryRequest,
  type WebhookReply,
  webhooks,
  webhooksQuery,
  webhookTest,
} from '@clew/wire/orchestrate';
import type { Endpoint } from '../../endpoint.ts';
import { operatorOnly } from '../operator.ts';
import { plainPath } from '../paths.ts';
import { decodeBody, decodeQuery } from '../requests.ts';
import { isoTime } from '../times.ts';
import type { DeliveryInfo, WebhookDesk, WebhookInfo } from '../webhooks.ts';

const PRIVATE = { tag: 'Webhooks', access: 'principal' } as const;

/** Who is told of what, and what did not arrive, for operators. */
export function webhookEndpoints(desk: WebhookDesk): Endpoint[] {
  return [
    {
      ...PRIVATE,
      ...plainPath('/private/webhooks'),
      method: 'GET',
      summary: 'List the webhooks of the server, and what was not delivered yet or was given up',
      schemas: { query: webhooksQuery, reply: webhooks },
      async handle(request) {
        operatorOnly(request);
        const { limit } = decodeQuery(webhooksQuery, request.query);
        const [all, deliveries] = await Promise.all([desk.list(), desk.deliveries(limit)]);
        return { status: 200, body: { webhooks: all.map(encode), deliveries: deliveries.map(encodeDelivery) } };
      },
    },
    {
      ...PRIVATE,
      ...plainPath('/private/webhooks/retry'),
      method: 'POST',
      summary: 'Deliver again what was given up, or the deliveries that are named',
      schemas: { body: retryRequest, reply: retryReply },
      async handle(request) {
        operatorOnly(request);
        const { ids } = decodeBody(retryRequest, request.body ?? {});
        return { status: 200, body: { retried: await desk.retry(ids ?? null) } };
      },
    },
    {
      ...PRIVATE,
      ...plainPath('/private/webhooks/{webhook}/test'),
      method: 'POST',
      summary: 'Send a `webhook.test` to a webhook now, and see what it answers',
      schemas: { reply: webhookTest },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: await desk.test(request.params.webhook ?? '') };
      },
    },
  ];
}

function encode({ name, url, events, channels, agents, include, pending, dead }: WebhookInfo): WebhookReply {
  return {
    ...{ name, url, events: [...events], channels: channels && [...channels], agents: agents && [...agents] },
    ...{ include: [...include], pending, dead },
  };
}

function encodeDelivery({ id, endpoint, type, runId, messageId, ...rest }: DeliveryInfo): DeliveryReply {
  const { at, attempts, nextAt, problem } = rest;
  return {
    ...{ id, webhook: endpoint, type, run_id: runId, message_id: messageId, happened_on: isoTime(at) },
    ...{ attempts, next_on: nextAt === null ? null : isoTime(nextAt), problem },
  };
}
