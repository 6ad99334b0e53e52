import { z } from 'zod';

const HEX = /^[0-9a-f]{32}$/;

/**
 * A UUID in its usual spelling, lower case, from any spelling that Python's `uuid.UUID` takes: capitals, without dashes, in braces, with
 * `urn:uuid:` before it. Undefined when it is none.
 */
export function parseUuid(text: string): string | undefined {
  const hex = text
    .toLowerCase()
    .replace(/^urn:uuid:/, '')
    .replace(/^\{(.*)\}$/, '$1')
    .replaceAll('-', '');
  if (!HEX.test(hex)) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An id in a request, in its usual spelling afterwards. */
export const uuid = z
  .string()
  .refine((text) => parseUuid(text) !== undefined, 'must be a UUID')
  .overwrite((text) => parseUuid(text) ?? text)
  .meta({ format: 'uuid' });

/** An absolute address of any scheme, kept as it was sent. */
export const address = z
  .string()
  .refine((text) => URL.canParse(text), 'must be an absolute URL')
  .meta({ format: 'uri' });

/** A time in a request, with or without a zone. */
export const time = z
  .string()
  .refine((text) => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)), 'must be a time')
  .meta({ format: 'date-time' });

/** A time in a reply: UTC, ends in `Z`. */
export const timestamp = z.string().meta({ format: 'date-time' });

export const anyObject = z.record(z.string(), z.unknown());
