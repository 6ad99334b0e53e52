import { z } from 'zod';

/** The codes of the specification: the published TypeScript client refuses a run whose error has another. */
export const errorCode = z.enum(['server_error', 'invalid_input', 'not_found']);

/** The body of every reply that is not 2xx, and what a run failed with. */
export const error = z.object({
  code: errorCode.describe('One of the three that the specification knows.'),
  message: z.string().describe('A sentence for people.'),
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .describe("`code` is Clew's own, finer one; `issues` lists what is wrong with a request."),
});

export type ErrorCode = z.infer<typeof errorCode>;
export type AcpError = z.infer<typeof error>;
