import { z } from 'zod';
import { stepDetail } from './content.ts';
import { message } from './message.ts';
import { anyObject } from './primitives.ts';
import { runUsage } from './run.ts';

const ids = {
  thread_id: z.string().describe('The thread that the run belongs to.'),
  run_id: z.string().describe('Id of the run.'),
};
const end = {
  run_id: z.string().describe('Id of the run.'),
  agent_id: z.string().describe('The agent that worked.'),
  context: anyObject.describe('Context variables as of the end, those that the agent may see.'),
  thread_id: z.string().describe('The thread that the run belongs to.'),
};

function frameOf<E extends string, D extends z.ZodType>(event: E, data: D) {
  return z.object({
    id: z
      .string()
      .regex(/^\d+-\d+$/)
      .describe('The cursor to go on after it.'),
    event: z.literal(event),
    data: data.describe('What it says.'),
  });
}

/** One line of a stream. `id` is the cursor to go on after it. Clients must pass over events they do not know. */
export const frame = z.discriminatedUnion('event', [
  frameOf(
    'run.started',
    z.object({
      run_id: z.string().describe('Id of the run.'),
      agent_id: z.string().describe('The agent that works.'),
      thread_id: z.string().describe('The thread that the run belongs to.'),
    }),
  ),
  frameOf('message.started', z.object(ids)),
  frameOf(
    'run.step.intermediate',
    z.object({
      ...ids,
      agent_display_name: z.string().describe('Who works, for people.'),
      current_agent: z.string().describe('Who works, for programs.'),
      message: z
        .object({
          key: z.string().describe('For programs that say it in words of their own.'),
          text: z.string().describe('For people.'),
        })
        .describe('What goes on.'),
    }),
  ),
  frameOf(
    'run.step.delta',
    z.object({
      ...ids,
      delta: z
        .object({ role: z.literal('assistant'), step_details: z.array(stepDetail).describe('What happened.') })
        .describe('What comes to it.'),
    }),
  ),
  frameOf(
    'message.delta',
    z.object({
      ...ids,
      delta: z
        .object({
          role: z.literal('assistant'),
          content: z
            .array(
              z.looseObject({
                id: z.string().describe('Unique in its message.'),
                response_type: z.string().describe('What it is.'),
                text: z.string().optional().describe('What to append.'),
              }),
            )
            .describe('Pieces of items: texts of one `id` are one text.'),
        })
        .describe('What comes to it.'),
    }),
  ),
  frameOf(
    'message.created',
    z.object({
      ...ids,
      message_id: z.string().describe('Id of the message.'),
      agent_id: z.string().describe('The agent that said it.'),
      message: message.describe('The message, whole.'),
    }),
  ),
  frameOf(
    'message.completed',
    z.object({
      ...ids,
      usage: runUsage.optional().describe('Tokens that models used for the message, for signed-in people.'),
    }),
  ),
  frameOf('run.completed', z.object(end)),
  frameOf(
    'run.failed',
    z.object({
      ...end,
      error: z.string().describe('Why, for people.'),
      code: z.string().describe('Why, for programs.'),
    }),
  ),
  frameOf('run.cancelled', z.object({ ...end, reason: z.string().describe('Why.') })),
  frameOf('done', z.object(end)),
]);

export type Frame = z.infer<typeof frame>;
export type FrameEvent = Frame['event'];
export type FrameOf<E extends FrameEvent> = Extract<Frame, { event: E }>;
