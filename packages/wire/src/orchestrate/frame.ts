import { z } from 'zod';
import { stepDetail } from './content.ts';
import { message } from './message.ts';
import { anyObject } from './primitives.ts';

const ids = { thread_id: z.string(), run_id: z.string() };
const end = { run_id: z.string(), agent_id: z.string(), context: anyObject, thread_id: z.string() };

function frameOf<E extends string, D extends z.ZodType>(event: E, data: D) {
  return z.object({ id: z.string().regex(/^\d+-\d+$/), event: z.literal(event), data });
}

/** One line of a stream. `id` is the cursor to go on after it. Clients must pass over events they do not know. */
export const frame = z.discriminatedUnion('event', [
  frameOf('run.started', z.object({ run_id: z.string(), agent_id: z.string(), thread_id: z.string() })),
  frameOf('message.started', z.object(ids)),
  frameOf(
    'run.step.intermediate',
    z.object({
      ...ids,
      agent_display_name: z.string(),
      current_agent: z.string(),
      message: z.object({ key: z.string(), text: z.string() }),
    }),
  ),
  frameOf(
    'run.step.delta',
    z.object({ ...ids, delta: z.object({ role: z.literal('assistant'), step_details: z.array(stepDetail) }) }),
  ),
  frameOf(
    'message.delta',
    z.object({
      ...ids,
      delta: z.object({
        role: z.literal('assistant'),
        content: z.array(z.looseObject({ id: z.string(), response_type: z.string(), text: z.string().optional() })),
      }),
    }),
  ),
  frameOf('message.created', z.object({ ...ids, message_id: z.string(), agent_id: z.string(), message })),
  frameOf('message.completed', z.object(ids)),
  frameOf('run.completed', z.object(end)),
  frameOf('run.failed', z.object({ ...end, error: z.string(), code: z.string() })),
  frameOf('run.cancelled', z.object({ ...end, reason: z.string() })),
  frameOf('done', z.object(end)),
]);

export type Frame = z.infer<typeof frame>;
export type FrameEvent = Frame['event'];
export type FrameOf<E extends FrameEvent> = Extract<Frame, { event: E }>;
