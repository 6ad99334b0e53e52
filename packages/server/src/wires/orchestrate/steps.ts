import type { StepDetail, StepHistoryEntry } from '@clew/wire/orchestrate';
import type { Json, JsonObject, MessageStep } from '../../model/index.ts';

/** A step as a call of a tool. A thought is none, and has only the line that says what is going on; neither is a call of the model. */
export function isCall(step: Pick<MessageStep, 'kind'>): boolean {
  return step.kind !== 'thought' && step.kind !== 'model';
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
