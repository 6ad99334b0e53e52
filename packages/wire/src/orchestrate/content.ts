import { z } from 'zod';
import { anyObject } from './primitives.ts';

/**
 * A piece of a message. `response_type` says which; members that depend on it are listed in `docs/wires.md`. Unknown ones are kept and
 * given back.
 */
export const contentItem = z.looseObject({
  response_type: z.string().min(1).optional(),
  id: z.string().nullish(),
  text: z.string().nullish(),
});

/** A content item as the server writes it. */
export const contentItemReply = z.looseObject({ response_type: z.string(), id: z.string() });

/** Where a range of an answer comes from; `range_start` and `range_end` count UTF-16 units of the item's `text`. */
export const citation = z.object({
  url: z.string(),
  title: z.string(),
  text: z.string(),
  body: z.string(),
  range_start: z.number().int(),
  range_end: z.number().int(),
  search_result_idx: z.number().int(),
});

/** A document that was found, cited at least once. */
export const searchResult = z.object({
  url: z.string(),
  title: z.string(),
  body: z.string(),
  result_metadata: z.object({ score: z.number().nullable(), document_retrieval_source: z.string().nullable() }),
});

/** An answer with its sources. */
export const conversationalSearch = z.object({
  response_type: z.literal('conversational_search'),
  id: z.string(),
  text: z.string(),
  citations_title: z.string(),
  citations: z.array(citation),
  search_results: z.array(searchResult),
});

/** One thing that happened on the way to an answer: a call or what came back. */
export const stepDetail = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tool_calls'),
    agent_display_name: z.string(),
    tool_calls: z.array(z.object({ id: z.string(), name: z.string(), args: anyObject })),
  }),
  z.object({ type: z.literal('tool_response'), name: z.string(), tool_call_id: z.string(), content: z.string() }),
]);

/** What is kept of the steps with a message: one detail per entry. */
export const stepHistoryEntry = z.object({ role: z.literal('assistant'), step_details: z.array(stepDetail) });

export type ContentItem = z.infer<typeof contentItemReply>;
export type Citation = z.infer<typeof citation>;
export type SearchResult = z.infer<typeof searchResult>;
export type ConversationalSearch = z.infer<typeof conversationalSearch>;
export type StepDetail = z.infer<typeof stepDetail>;
export type StepHistoryEntry = z.infer<typeof stepHistoryEntry>;
