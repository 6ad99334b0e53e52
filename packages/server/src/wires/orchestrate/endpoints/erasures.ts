import {
  type ErasureReceiptReply,
  type ErasureReply,
  erasureReceipts,
  erasureReply,
  erasureRequest,
} from '@clew/wire/orchestrate';
import type { Endpoint } from '../../endpoint.ts';
import type { ErasureDesk, KeptReceipt } from '../erasures.ts';
import { operatorOnly } from '../operator.ts';
import { plainPath } from '../paths.ts';
import { decodeBody } from '../requests.ts';
import { isoTime } from '../times.ts';

const PRIVATE = { tag: 'Security', access: 'principal' } as const;
const MOST = 100;

/** Erasure of people, for operators. */
export function erasureEndpoints(desk: ErasureDesk): Endpoint[] {
  return [
    {
      ...PRIVATE,
      ...plainPath('/private/erasures'),
      method: 'POST',
      summary: 'Erase a person: conversations, runs, logs, files, counters; with `dry_run`, count them',
      schemas: { body: erasureRequest, reply: erasureReply },
      async handle(request) {
        operatorOnly(request);
        const { sub, channel, dry_run } = decodeBody(erasureRequest, request.body);
        const named = channel ?? undefined;
        const receipt = dry_run ? null : await desk.erase(sub, named);
        const counts = receipt?.counts ?? (await desk.measure(sub, named));
        return {
          status: 200,
          body: { dry_run, counts, receipt: receipt && encode(receipt) } satisfies ErasureReply,
        };
      },
    },
    {
      ...PRIVATE,
      ...plainPath('/private/erasures'),
      method: 'GET',
      summary: 'List the receipts of erasures: when, and how much, not whose',
      schemas: { reply: erasureReceipts },
      async handle(request) {
        operatorOnly(request);
        return { status: 200, body: { receipts: (await desk.receipts(MOST)).map(encode) } };
      },
    },
  ];
}

function encode({ id, at, counts }: KeptReceipt): ErasureReceiptReply {
  return { id, erased_on: isoTime(at), counts };
}
