import type { Frame, FrameEvent, FrameOf } from '@clew/wire/orchestrate';

export const RUN = '0198c000-0000-7000-8000-000000000001';
export const THREAD = '0198c000-0000-7000-8000-000000000002';
export const AGENT = '0198c000-0000-7000-8000-000000000003';
const ids = { run_id: RUN, thread_id: THREAD };
const end = { ...ids, agent_id: AGENT, context: {} };

let sequence = 0;

function frame<E extends FrameEvent>(event: E, data: FrameOf<E>['data']): Frame {
  return { id: `1770397025369-${sequence++}`, event, data } as Frame;
}

/** Frames of a run, as the wire sends them. */
export const frames = {
  started: () => frame('run.started', { ...ids, agent_id: AGENT }),
  status: (text: string, key = 'k') =>
    frame('run.step.intermediate', {
      ...ids,
      agent_display_name: 'guide',
      current_agent: 'guide',
      message: { key, text },
    }),
  call: (name: string, args: Record<string, unknown>) =>
    frame('run.step.delta', {
      ...ids,
      delta: {
        role: 'assistant',
        step_details: [{ type: 'tool_calls', agent_display_name: 'guide', tool_calls: [{ id: 's1', name, args }] }],
      },
    }),
  response: (name: string, content: string) =>
    frame('run.step.delta', {
      ...ids,
      delta: { role: 'assistant', step_details: [{ type: 'tool_response', name, tool_call_id: 's1', content }] },
    }),
  delta: (text: string, id = '1') =>
    frame('message.delta', { ...ids, delta: { role: 'assistant', content: [{ id, response_type: 'text', text }] } }),
  created: (content: { response_type: string; id: string; [member: string]: unknown }[], incomplete = false) =>
    frame('message.created', {
      ...ids,
      agent_id: AGENT,
      message_id: 'm1',
      message: {
        id: 'm1',
        tenant_id: 't1',
        created_by: 'u1',
        created_by_username: 'local',
        created_on: '2026-02-06T16:57:07.195386Z',
        updated_at: '2026-02-06T16:57:07.195386Z',
        thread_id: THREAD,
        assistant: { is_default: true },
        parent_message_id: null,
        role: 'assistant',
        content,
        mentions: null,
        document_ids: null,
        additional_properties: {
          display_properties: { skip_render: false, is_async: false },
          is_interrupt: false,
          ...(incomplete ? { is_incomplete: true } : {}),
        },
        context: null,
        step_history: [],
        message_state: null,
      },
    }),
  completed: () => frame('run.completed', end),
  failed: (error: string) => frame('run.failed', { ...end, error, code: 'agent_failed' }),
  cancelled: () => frame('run.cancelled', { ...end, reason: 'asked' }),
  done: () => frame('done', end),
};

/** A text item of a message. */
export function text(value: string, id = '1') {
  return { response_type: 'text', id, text: value };
}
