import { z } from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID in its usual spelling, of any version; letters of either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

const notUuid = { error: 'Input should be a valid UUID', params: { type: 'uuid_parsing' } };

/** An id in a path or a list. */
export const uuid = z.string().refine(isUuid, notUuid).meta({ format: 'uuid' });

/** An id in a body: clients send null and the empty string for "none". */
export const uuidOrNone = z
  .string()
  .refine((text) => text === '' || isUuid(text), notUuid)
  .nullish()
  .meta({ description: 'A UUID; null and the empty string mean none.' });

/** An object whose members this API does not look into. */
export const anyObject = z.record(z.string(), z.unknown());

/** UTC with microseconds, `2026-02-06T16:57:07.195386Z`. */
export const timestamp = z.string().meta({ format: 'date-time' });

/** `limit` and `offset` of a list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(20).describe('At most this many.'),
  offset: z.coerce.number().int().min(0).default(0).describe('Pass over this many.'),
});

/** `true`, `1`, `yes`, `on` and their opposites, in any case, as FastAPI reads a flag. */
export const flag = z.stringbool({
  truthy: ['true', '1', 'yes', 'on', 't', 'y'],
  falsy: ['false', '0', 'no', 'off', 'f', 'n', ''],
});
