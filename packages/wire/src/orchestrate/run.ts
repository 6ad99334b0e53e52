import { z } from 'zod';
import { message, requestMessage } from './message.ts';
import { anyObject, flag, pageQuery, timestamp, uuid, uuidOrNone } from './primitives.ts';

/** Parameters of the model, in the names of watsonx; members that are not listed are kept. */
const llmParams = z.looseObject({
  temperature: z.number().min(0).nullish().describe('0 for the likeliest words.'),
  top_p: z.number().min(0).max(1).nullish().describe('Share of the likely words that are chosen from.'),
  top_k: z.int().min(1).nullish().describe('Number of the likely words that are chosen from.'),
  max_new_tokens: z.int().min(1).nullish().describe('Longest answer, in tokens; never longer than the agent allows.'),
  stop_sequences: z.array(z.string()).nullish().describe('Texts that end the answer.'),
  random_seed: z.int().nullish().describe('For answers that can be had again.'),
  repetition_penalty: z.number().nullish().describe('Above 1: words that were said become unlikelier.'),
});

/** Body of `POST …/orchestrate/runs`. Members that are not listed are ignored. */
export const runRequest = z.looseObject({
  message: requestMessage.describe('What the person says.'),
  agent_id: z
    .string()
    .nullish()
    .describe('A UUID or, here, the name of an agent; absent: the agent of the thread, else the default one.'),
  thread_id: uuidOrNone.describe('A UUID; absent, null or empty: a thread is made.'),
  environment_id: uuidOrNone.describe('Read and ignored: there is one environment.'),
  context: anyObject.nullish().describe('Variables for the agent, which sees those that its file declares.'),
  context_variables: anyObject.nullish().describe('The same; goes before `context`.'),
  additional_parameters: anyObject.nullish().describe('Kept with the run and given back.'),
  additional_properties: anyObject.nullish().describe('Kept with the run.'),
  llm_params: llmParams.nullish().describe('Parameters for the model of the agent; kept with the run and given back.'),
  guardrails: anyObject.nullish().describe('Kept with the run and given back.'),
});

/** Query of `POST …/orchestrate/runs`. */
export const runQuery = z.object({
  stream: flag.default(false).describe('Answer with the frames of the run as they come. Default false.'),
  stream_timeout: z.coerce.number().min(0).optional().describe('Read and ignored: a stream ends with its run.'),
  multiple_content: flag.default(true).describe('False joins the text items of a message to one. Default true.'),
});

/** Reply of `POST …/orchestrate/runs` without `stream`. */
export const runStarted = z.object({
  thread_id: z.string().describe('The thread that the run belongs to.'),
  run_id: z.string().describe('Id of the run.'),
  task_id: z.string().describe('The same id, where some clients look.'),
  message_id: z.string().describe('Id of the message as stored.'),
});

/** Tokens, counted as providers of models do. */
export const tokenUsage = z.object({
  prompt_tokens: z.number().describe('Tokens of the input.'),
  completion_tokens: z.number().describe('Tokens of the output.'),
  total_tokens: z.number().describe('Both.'),
  prompt_tokens_details: z
    .object({ cached_tokens: z.number().describe('Those of the input that the provider had already.') })
    .describe('More about the input.'),
});

/** Tokens of a run or of a message: in all, and for each model. */
export const runUsage = z.object({
  model_name: z.string().describe('The first model that worked.'),
  model_usage: z
    .array(
      z.object({
        provider: z.string().describe('Name of the provider.'),
        model_name: z.string().describe('Name of the model.'),
        token_usage: tokenUsage.describe('What it used.'),
      }),
    )
    .describe('One entry for each model.'),
  token_usage: tokenUsage.describe('All models together.'),
  cost: z
    .number()
    .optional()
    .describe('In the currency of the configured prices; for operators, where prices are configured.'),
});

export type TokenUsage = z.infer<typeof tokenUsage>;
export type RunUsage = z.infer<typeof runUsage>;

export const runStatus = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'requires_input']);

/** A run as the server writes it. */
export const run = z.looseObject({
  id: z.string().describe('Id of the run.'),
  thread_id: z.string().describe('The thread that it belongs to.'),
  tenant_id: z.string().describe('The tenant that it belongs to.'),
  assistant_id: z.string().nullable().describe('Null: there is one assistant.'),
  agent_id: z.string().describe('The agent that works.'),
  status: runStatus.describe('Where it stands; `requires_input` waits for an answer.'),
  created_at: timestamp.describe('When it was asked for.'),
  started_at: timestamp.nullable().describe('When a worker began.'),
  completed_at: timestamp.nullable().describe('When it ended, if it was answered.'),
  failed_at: timestamp.nullable().describe('When it ended, if it failed.'),
  cancelled_at: timestamp.nullable().describe('When it ended, if it was cancelled.'),
  llm_params: anyObject.nullable().describe('As the client sent it.'),
  usage: runUsage
    .nullable()
    .describe('Tokens that models used; null in lists, when no model worked, and for visitors of a page.'),
  last_error: z.string().nullable().describe('Why it failed.'),
  error: z.string().nullable().describe('The same, where some clients look.'),
  result: z
    .object({
      type: z.literal('message'),
      data: z.object({ message: message.describe('The message.') }).describe('Its envelope.'),
    })
    .nullable()
    .describe('The last message of the run; null before there is one, and in lists.'),
  guardrails: anyObject.nullable().describe('As the client sent it.'),
  additional_parameters: anyObject.nullable().describe('As the client sent it.'),
  trace_id: z.string().nullable().describe('Null: there are no traces.'),
});

/** Query of `GET …/orchestrate/runs`. */
export const runListQuery = pageQuery.extend({
  thread_id: uuid.optional().describe('Only runs of this thread.'),
  agent_id: uuid.optional().describe('Only runs of this agent.'),
  status: z.array(runStatus).optional().describe('Only runs that stand so; may come several times.'),
});

export const runPage = z.object({
  total: z.number().int().describe('How many there are in all.'),
  limit: z.number().int().describe('As asked for.'),
  offset: z.number().int().describe('As asked for.'),
  data: z.array(run).describe('Newest first.'),
});

export const runCancelled = z.object({
  thread_id: z.string().describe('The thread that the run belongs to.'),
  run_id: z.string().describe('Id of the run.'),
});

/** Query of `GET …/orchestrate/runs/{run_id}/events`. */
export const eventsQuery = z.object({
  after: z
    .string()
    .optional()
    .describe('Cursor: the id of the last frame the client has. Header `Last-Event-ID` means the same.'),
  stream_timeout: z.coerce.number().min(0).optional().describe('Read and ignored: a stream ends with its run.'),
  multiple_content: flag.default(true).describe('False joins the text items of a message to one. Default true.'),
});

export type RunRequest = z.infer<typeof runRequest>;
export type RunStarted = z.infer<typeof runStarted>;
export type RunStatus = z.infer<typeof runStatus>;
export type Run = z.infer<typeof run>;
export type RunPage = z.infer<typeof runPage>;
