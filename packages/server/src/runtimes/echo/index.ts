import type { Runtime } from '../../ports/index.ts';
import { createCodeRuntime } from '../code/index.ts';

/** `llm: clew/echo`: gives the parts of the message back, unchanged, in one message; several messages in one each. */
export function createEchoRuntime(): Runtime {
  return createCodeRuntime(async function* echo(turn) {
    if (turn.inputs.length > 1) for (const { parts } of turn.inputs) yield parts;
    else for (const part of turn.input.parts) yield part;
  });
}
