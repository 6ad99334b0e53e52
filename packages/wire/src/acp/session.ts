import { z } from 'zod';
import { address, uuid } from './primitives.ts';

/** A session as a client brings it along. */
export const sessionInput = z.object({
  id: uuid.nullish().describe('Id of the session. Default: a new one.'),
  history: z.array(address).max(10_000).nullish().describe('Addresses of messages, oldest first.'),
  state: address.nullish().describe('Address of what is kept with the session, JSON.'),
});

/** A session as the server describes it: the address of each message, oldest first. */
export const session = z.object({
  id: z.string().describe('Id of the session.'),
  history: z.array(z.string()).describe('Addresses of its messages, oldest first.'),
  state: z.string().nullable().describe('Address of what is kept with the session.'),
});

export type SessionInput = z.infer<typeof sessionInput>;
export type Session = z.infer<typeof session>;
