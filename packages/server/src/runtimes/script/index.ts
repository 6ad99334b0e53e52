import { AgentError, type JsonObject, type Message, textOf } from '../../model/index.ts';
import type { Runtime } from '../../ports/index.ts';
import { type AgentOutput, type CodeTurn, createCodeRuntime, type Pace } from '../code/index.ts';
import { fillInstructions } from '../instructions.ts';
import { patternOf, readScript, type ScriptTurn } from './schema.ts';

export { readScript, type ScriptIssue, type ScriptTurn } from './schema.ts';

/**
 * `llm: clew/script`: plays the turns of the agent's `script`. A message is answered by the first turn whose `when` fits it; if none does, by the next
 * turn without `when`, counted over the messages of the thread, from the top again after the last. `{name}` in texts is a context variable,
 * `{input}` the message and `{answer}` the latest answer to a question. A script with mistakes gives a runtime that fails with the first of them.
 */
export function createScriptRuntime(
  script: unknown,
  options: { /** Default: real time. */ pace?: Pace } = {},
): Runtime {
  const read = readScript(script);
  if ('script' in read) return createCodeRuntime((turn) => play(turn, read.script), options);
  const [issue] = read.issues;
  const problem = new AgentError(
    'agent_failed',
    `The script of this agent has a mistake at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
  );
  return {
    recovery: 'restart',
    run: () => Promise.reject(problem),
  };
}

async function* play(turn: CodeTurn, script: readonly ScriptTurn[]): AgentOutput {
  const history = await turn.history();
  const scene = choose(script, turn.text, () => history.filter((_, at) => answeredInTurn(script, history, at)).length);
  if (scene) yield* perform(turn, scene, { ...turn.context, input: turn.text });
  else yield 'The script of this agent has no turn for this message.';
}

/** Whether the message started a run that took the next turn without `when`: answers to questions and messages that fit a `when` did not. */
function answeredInTurn(script: readonly ScriptTurn[], history: readonly Message[], at: number): boolean {
  const message = history[at];
  if (message?.role !== 'user' || history[at - 1]?.interrupt) return false;
  const text = textOf(message.parts);
  return !script.some((scene) => scene.when !== undefined && fits(scene.when, text));
}

/** `place` says how many messages before this one were answered in turn. */
function choose(script: readonly ScriptTurn[], text: string, place: () => number): ScriptTurn | undefined {
  const matching = script.find((scene) => scene.when !== undefined && fits(scene.when, text));
  if (matching) return matching;
  const plain = script.filter((scene) => scene.when === undefined);
  return plain.length === 0 ? undefined : plain[place() % plain.length];
}

function fits(when: string, text: string): boolean {
  const pattern = patternOf(when);
  return pattern ? pattern.test(text) : text.toLowerCase().includes(when.toLowerCase());
}

async function* perform(turn: CodeTurn, scene: ScriptTurn, values: JsonObject): AgentOutput {
  const fill = (text: string) => fillInstructions(text, values);
  if (scene.step) {
    const { output, delayMs, ...step } = scene.step;
    await turn.step(step, async () => {
      if (delayMs > 0) await turn.sleep(delayMs);
      return output;
    });
  }
  for (const piece of pieces(scene)) {
    if (scene.delayMs > 0) await turn.sleep(scene.delayMs);
    yield fill(piece);
  }
  for (const part of scene.parts) yield part.type === 'text' ? { ...part, text: fill(part.text) } : part;
  if (scene.ask !== undefined) {
    const answer = textOf((await turn.ask(fill(scene.ask))).parts);
    const next = choose(scene.then, answer, () => 0);
    if (next) yield* perform(turn, next, { ...values, answer });
  }
  if (scene.fail) turn.fail(scene.fail.code, fill(scene.fail.message));
}

function pieces(scene: ScriptTurn): readonly string[] {
  if (scene.say === undefined) return [];
  if (typeof scene.say !== 'string') return scene.say;
  return scene.delayMs > 0 ? (scene.say.match(/\s*\S+(?:\s+$)?/g) ?? [scene.say]) : [scene.say];
}
