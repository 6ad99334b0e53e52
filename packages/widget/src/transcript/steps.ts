import type { Message, StepDetail } from '@clew/wire/client';

/** A call of a tool, or the like, on the way to an answer. */
export interface Step {
  readonly id: string;
  /** One line for people. */
  readonly title: string;
  /** Machine-readable name, e.g. of the tool. */
  readonly name: string;
  /** Indented JSON; empty where the reader may not see it. */
  readonly input: string;
  /** Undefined while it goes on. */
  readonly output: string | undefined;
}

/** The steps after one more detail. `title`: what was said of it just before; default: its name in words. */
export function readStep(title: string): (steps: readonly Step[], detail: StepDetail) => readonly Step[] {
  return (steps, detail) => {
    if (detail.type === 'tool_calls') {
      const calls = detail.tool_calls.map(({ id, name, args }) => ({
        id,
        title: title || inWords(name),
        name,
        input: Object.keys(args).length === 0 ? '' : JSON.stringify(args, null, 2),
        output: undefined,
      }));
      return [...steps, ...calls];
    }
    return steps.map((step) =>
      step.id === detail.tool_call_id ? { ...step, output: indented(detail.content) } : step,
    );
  };
}

/** The steps that are kept with a stored message. */
export function stepsOf({ step_history: history }: Message): readonly Step[] {
  return (history ?? []).flatMap(({ step_details: details }) => details).reduce(readStep(''), [] as readonly Step[]);
}

/** `knowledge_search` as people write it. */
function inWords(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function indented(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}
