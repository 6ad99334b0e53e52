import type { Runtime } from '../../ports/index.ts';
import { createCodeRuntime } from '../code/index.ts';

/** `llm: clew/echo`: gives the parts of the message back, unchanged, in one message. */
export function createEchoRuntime(): Runtime {
  return createCodeRuntime(async function* echo(turn) {
    for (const part of turn.input.parts) yield part;
  });
}
