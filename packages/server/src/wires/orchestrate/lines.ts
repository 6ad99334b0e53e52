import type { MessageView } from './message.ts';

/** What the frames of a run say besides its events, and for whom they are. */
export interface RunView extends MessageView {
  readonly runId: string;
  readonly threadId: string;
  readonly agentId: string;
  readonly agentName: string;
}

/**
 * The parts of frames that are the same for a whole run. Each begins with the quote that closes the frame's id. Frames are put together from these,
 * since building objects for `JSON.stringify` takes several times as long and a replay is nothing but this.
 */
export function linesOf(view: RunView) {
  const run = JSON.stringify(view.runId);
  const thread = JSON.stringify(view.threadId);
  const agent = JSON.stringify(view.agentId);
  const frame = (event: string, data: string) => `", "event": "${event}", "data": {${data}`;
  const ids = `"thread_id": ${thread}, "run_id": ${run}`;
  const names = `"agent_display_name": ${JSON.stringify(view.displayName(view.agentName))}, "current_agent": ${JSON.stringify(view.agentName)}`;
  const intermediate = frame('run.step.intermediate', `${ids}, ${names}, "message": {"key": `);
  const progress = (key: string, text: string) => `${intermediate}"${key}", "text": "${text}"}}}`;
  // Plain ASCII on purpose: one character beyond Latin-1, such as an ellipsis, doubles the cost of every string it becomes part of.
  return {
    runStarted: frame('run.started', `"run_id": ${run}, "agent_id": ${agent}, "thread_id": ${thread}}}`),
    messageStarted: frame('message.started', `${ids}}}`),
    messageCompleted: frame('message.completed', `${ids}}}`),
    thinking: progress('thinkingThisThrough', 'Thinking it through'),
    pullingTogether: progress('pullingEverythingTogether', 'Writing the answer'),
    wrappingUp: progress('wrappingUpFinalResponse', 'Finishing the answer'),
    intermediate,
    delta: frame('message.delta', `${ids}, "delta": {"role": "assistant", "content": [`),
    stepDelta: frame('run.step.delta', `${ids}, "delta": {"role": "assistant", "step_details": [`),
    created: frame('message.created', `"thread_id": ${thread}, "message_id": `),
    createdIds: `, "agent_id": ${agent}, "run_id": ${run}, "message": `,
    /** From the end of the event's name to the context. */
    ending: `, "data": {"run_id": ${run}, "agent_id": ${agent}, "context": `,
    done: frame('done', `"run_id": ${run}, "agent_id": ${agent}, "context": `),
    end: `, "thread_id": ${thread}`,
  };
}

export type Lines = ReturnType<typeof linesOf>;
