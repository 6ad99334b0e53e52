import { z } from 'zod';
import { anyObject } from './primitives.ts';

/**
 * A piece of a message. `response_type` says which; members that depend on it are listed in `docs/wires.md`. Unknown ones are kept and
 * given back.
 */
export const contentItem = z.looseObject({
  response_type: z.string().min(1).optional().describe('What it is; `text` when absent.'),
  id: z.string().nullish().describe('Unique in its message.'),
  text: z.string().nullish().describe('The text of a text item.'),
});

/** A content item as the server writes it. */
export const contentItemReply = z.looseObject({
  response_type: z.string().describe('What it is: `text`, `conversational_search`, `option`, …'),
  id: z.string().describe('Unique in its message.'),
});

/** Where a range of an answer comes from; `range_start` and `range_end` count UTF-16 units of the item's `text`. */
export const citation = z.object({
  url: z.string().describe('Where it is from.'),
  title: z.string().describe('What the source is called.'),
  text: z.string().describe('The cited part of the answer.'),
  body: z.string().describe('A passage of the source.'),
  range_start: z.number().int().describe("First UTF-16 unit of the answer's text that it is about."),
  range_end: z.number().int().describe('The unit after the last one.'),
  search_result_idx: z.number().int().describe('Its place in `search_results`.'),
});

/** A document that was found, cited at least once. */
export const searchResult = z.object({
  url: z.string().describe('Where it is.'),
  title: z.string().describe('What it is called.'),
  body: z.string().describe('A passage of it.'),
  result_metadata: z
    .object({
      score: z.number().nullable().describe('How well it fits.'),
      document_retrieval_source: z.string().nullable().describe('Where it was found.'),
    })
    .describe('How it was found.'),
});

/** An answer with its sources. */
export const conversationalSearch = z.object({
  response_type: z.literal('conversational_search'),
  id: z.string().describe('Unique in its message.'),
  text: z.string().describe('The answer.'),
  citations_title: z.string().describe('Heading for the sources.'),
  citations: z.array(citation).describe('Which range is from where.'),
  search_results: z.array(searchResult).describe('The documents, each once.'),
});

/** One thing that happened on the way to an answer: a call or what came back. */
export const stepDetail = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tool_calls'),
    agent_display_name: z.string().describe('Who called.'),
    tool_calls: z
      .array(
        z.object({
          id: z.string().describe('Id of the step.'),
          name: z.string().describe('Name of the tool.'),
          args: anyObject.describe('What it was given.'),
        }),
      )
      .describe('What was called.'),
  }),
  z.object({
    type: z.literal('tool_response'),
    name: z.string().describe('Name of the tool.'),
    tool_call_id: z.string().describe('Id of the step.'),
    content: z.string().describe('What came back, as text.'),
  }),
]);

/** What is kept of the steps with a message: one detail per entry. */
export const stepHistoryEntry = z.object({
  role: z.literal('assistant'),
  step_details: z.array(stepDetail).describe('What happened, one entry.'),
});

export type ContentItem = z.infer<typeof contentItemReply>;
export type Citation = z.infer<typeof citation>;
export type SearchResult = z.infer<typeof searchResult>;
export type ConversationalSearch = z.infer<typeof conversationalSearch>;
export type StepDetail = z.infer<typeof stepDetail>;
export type StepHistoryEntry = z.infer<typeof stepHistoryEntry>;
