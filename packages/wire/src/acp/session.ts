import { z } from 'zod';
import { address, uuid } from './primitives.ts';

/** A session as a client brings it along. */
export const sessionInput = z.object({
  id: uuid.nullish(),
  /** Addresses of messages, oldest first. */
  history: z.array(address).max(1_000).nullish(),
  /** Address of whatever the client keeps with the session. */
  state: address.nullish(),
});

/** A session as the server describes it: the address of each message, oldest first. */
export const session = z.object({
  id: z.string(),
  history: z.array(z.string()),
  state: z.string().nullable(),
});

export type SessionInput = z.infer<typeof sessionInput>;
export type Session = z.infer<typeof session>;
