import type { JsonObject } from '../../model/index.ts';
import type { Tool, ToolCall, ToolResult } from '../../ports/index.ts';
import { failure } from './result.ts';

/** Longest message of an error that a tool throws. */
const LONGEST = 500;

/**
 * Calls a tool, not longer than its time. Whatever goes wrong is a result that says so; it rejects only when `call.signal` aborts. A tool that does not
 * listen to its signal is left behind.
 */
export async function invoke(tool: Tool, input: JsonObject, call: ToolCall): Promise<ToolResult> {
  const { signal } = call;
  signal.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('The time of the tool is over.')), tool.timeoutMs);
  const either = AbortSignal.any([signal, limit.signal]);
  let stop: () => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(either.reason);
    either.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([Promise.resolve().then(() => tool.call(input, { ...call, signal: either })), stopped]);
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted)
      return failure('tool_timeout', `\`${tool.name}\` gave no answer within ${tool.timeoutMs / 1_000} seconds.`);
    return failureOf(error);
  } finally {
    clearTimeout(timer);
    either.removeEventListener('abort', stop);
  }
}

/** An error as the model reads it. Those of the system are named by their code: their messages have paths and addresses of the machine. */
function failureOf(error: unknown): ToolResult {
  const { name, code, cause, message }: Loose = Object(error);
  if (name === 'AgentError' && typeof code === 'string') return failure(code, String(message));
  const system = [error, cause].map((one): Loose => Object(one)).find((one) => typeof one.syscall === 'string');
  if (system) return failure('tool_failed', `The tool failed (${String(system.code)}).`);
  const said = typeof message === 'string' ? message : String(error);
  const line = said.split('\n').find((part) => part.trim() !== '') ?? 'The tool failed.';
  return failure('tool_failed', line.trim().slice(0, LONGEST));
}

type Loose = { readonly [name: string]: unknown };
