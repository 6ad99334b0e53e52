import type { StepDetail, StepHistoryEntry } from '@clew/wire/orchestrate';
import type { Json, JsonObject, MessageStep } from '../../model/index.ts';

/** What runtimes call a step whose output is what was thought, in words. Other thoughts say all that they have to say in their title. */
const IN_WORDS = 'thought';

/**
 * Whether a step is told as the call of a tool. Thoughts in words are: the wire has no shape for them that clients are known to read (`run.step.thinking` stands in
 * the list of events alone), and as a step every client shows them, after a reload, too. Other thoughts have only the line that says what is going on, and calls of
 * the model not even that.
 */
export function isCall({ kind, name }: Pick<MessageStep, 'kind' | 'name'>): boolean {
  return kind === 'thought' ? name === IN_WORDS : kind !== 'model';
}

/** What the step was given. */
export function callDetail(
  { stepId, name, input }: Pick<MessageStep, 'stepId' | 'name' | 'input'>,
  displayName: string,
): StepDetail {
  return {
    type: 'tool_calls',
    agent_display_name: displayName,
    tool_calls: [{ id: stepId, name, args: argumentsOf(input) }],
  };
}

/** What it gave back: text as it is, anything else as JSON. */
export function responseDetail({ stepId, name, output, error }: Omit<MessageStep, 'kind' | 'input'>): StepDetail {
  const value = error ? { error } : (output ?? '');
  const content = typeof value === 'string' ? value : JSON.stringify(value);
  return { type: 'tool_response', name, tool_call_id: stepId, content };
}

/** The steps of a message, one detail per entry: the ADK reads only the first of each (its `chat_controller.py`). */
export function stepHistory(steps: readonly MessageStep[], displayName: string): StepHistoryEntry[] {
  return steps
    .filter(isCall)
    .flatMap((step) => [callDetail(step, displayName), responseDetail(step)])
    .map((detail) => ({ role: 'assistant', step_details: [detail] }));
}

function argumentsOf(input: Json | undefined): Record<string, unknown> {
  if (input === undefined || input === null) return {};
  return typeof input === 'object' && !Array.isArray(input) ? (input as JsonObject) : { input };
}
