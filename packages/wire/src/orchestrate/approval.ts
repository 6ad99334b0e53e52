import { z } from 'zod';

/** A call of a tool that waits for a decision. */
const askedCall = z.object({
  name: z.string().describe('Name of the tool.'),
  title: z.string().describe('The same for people.'),
  input: z.record(z.string(), z.unknown()).describe('What it would be called with.'),
});

/** Reply of `GET …/orchestrate/runs/{run_id}/approval`. */
export const approvalQuestion = z.object({
  run_id: z.string().describe('Id of the run.'),
  thread_id: z.string().describe('Id of its thread.'),
  wait_id: z.string().describe('Which question of the run it is: `w1`, `w2` …'),
  text: z.string().describe('The question as the person reads it, Markdown.'),
  asked_at: z.string().describe('When it was asked.'),
  expires_at: z.string().nullable().describe('When it is over; null: it ends as every question does.'),
  on_expiry: z.enum(['reject', 'fail']).nullable().describe('What then becomes of the calls, or of the run.'),
  calls: z
    .array(askedCall)
    .describe('The calls, in their order; none for visitors of a page, who read them in `text`.'),
});

const decided = {
  decision: z.enum(['approve', 'reject']).describe('What becomes of the call.'),
  reason: z.string().max(2_000).nullish().describe('Why, for the agent and the log.'),
  input: z.record(z.string(), z.unknown()).nullish().describe('Members of the input that are to be others.'),
};

/** Body of `POST …/orchestrate/runs/{run_id}/approval`. */
export const approvalDecision = z.object({
  ...decided,
  calls: z
    .array(z.object(decided))
    .max(100)
    .nullish()
    .describe('Decisions of their own for the first call, the second …'),
  wait_id: z.string().nullish().describe('The question that is meant; without it whichever is asked.'),
});

/** Body of `POST …/orchestrate/runs/{run_id}/approval/link`. */
export const approvalLinkRequest = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .nullish()
    .describe('Whom the link is for: stands in the log. Default `somebody`.'),
  expires_in: z
    .number()
    .int()
    .min(60)
    .max(2_592_000)
    .nullish()
    .describe('Seconds until it ends, from a minute to 30 days. Default a day. It ends with its question in any case.'),
});

export const approvalLink = z.object({
  url: z.string().describe('Whoever has it decides: hand it to nobody else.'),
  wait_id: z.string().describe('The question it is about.'),
  expires_at: z.string().describe('When it ends.'),
});

export type ApprovalQuestion = z.infer<typeof approvalQuestion>;
export type ApprovalDecision = z.infer<typeof approvalDecision>;
export type ApprovalLinkRequest = z.infer<typeof approvalLinkRequest>;
export type ApprovalLink = z.infer<typeof approvalLink>;
