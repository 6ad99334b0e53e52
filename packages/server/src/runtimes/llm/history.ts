import { isInner, type Json, type Message, type MessageStep, textOf } from '../../model/index.ts';
import type { Found } from '../guide/find.ts';
import { fromStored, textForModel } from '../tools/result.ts';
import { userParts } from './input.ts';
import { argumentsOf, type ModelCall, type ModelReply, replyIn } from './reply.ts';
import type { AssistantPart, PromptMessage, ToolResultPart, UserPart } from './sdk.ts';
import { Sources } from './sources.ts';

/** What the model reads of a call that has no result: the run was cut off before. */
const CUT_OFF = 'Error: The call was not finished.';

/**
 * The messages of a thread as a model reads them: with the calls that earlier replies made and what those gave back.
 *
 * @param withImages Ids of the messages whose images are shown; those of others are named.
 */
export function readHistory(history: readonly Message[], withImages: ReadonlySet<string>): PromptMessage[] {
  const reader = new HistoryReader(withImages);
  for (const [at, message] of history.entries()) {
    if (message.role === 'assistant') reader.hear(message);
    else reader.say(message, { answers: history[at - 1]?.interrupt === true });
  }
  return reader.end();
}

/** Puts something that the person says behind the rest. Two messages of the person in a row are one: many models allow no others. */
export function addUser(messages: PromptMessage[], parts: UserPart[]): void {
  const last = messages.at(-1);
  if (last?.role === 'user') messages[messages.length - 1] = { role: 'user', content: [...last.content, ...parts] };
  else if (parts.length > 0) messages.push({ role: 'user', content: parts });
}

/** What the model wrote, as it reads it later. */
export function assistantMessage({ text, tool_calls: calls }: Pick<ModelReply, 'text' | 'tool_calls'>): PromptMessage {
  const said: AssistantPart[] = text.trim() === '' ? [] : [{ type: 'text', text: text.trim() }];
  return { role: 'assistant', content: [...said, ...calls.map(callPart)] };
}

/** What a call gave back. */
export function resultPart({ id, name }: ModelCall, text: string, isError = false): ToolResultPart {
  return {
    type: 'tool-result',
    toolCallId: id,
    toolName: name,
    output: { type: isError ? 'error-text' : 'text', value: text },
  };
}

function callPart(call: ModelCall): AssistantPart {
  const input = argumentsOf(call);
  return {
    type: 'tool-call',
    toolCallId: call.id,
    toolName: call.name,
    input: typeof input === 'object' && input !== null ? input : {},
    ...(call.signature === undefined ? {} : { providerOptions: { google: { thoughtSignature: call.signature } } }),
  };
}

class HistoryReader {
  readonly #messages: PromptMessage[] = [];
  /** Calls of the last reply, and what is known of them. */
  #calls: readonly ModelCall[] = [];
  readonly #results = new Map<string, ToolResultPart>();
  #sources = new Sources();
  #runId: string | null = null;
  readonly #withImages: ReadonlySet<string>;

  constructor(withImages: ReadonlySet<string>) {
    this.#withImages = withImages;
  }

  say(message: Message, { answers }: { answers: boolean }): void {
    // Whether calls may be made is a matter between the person and the server: what became of them is their result.
    if (answers && this.#calls.length > 0) return;
    this.#close();
    addUser(this.#messages, userParts(message.parts, { images: this.#withImages.has(message.id) }));
  }

  hear(message: Message): void {
    if (message.runId !== this.#runId) {
      this.#close();
      this.#runId = message.runId;
      this.#sources = new Sources();
    }
    // What collaborators and tasks thought was theirs; the model read what they gave back.
    const steps = message.steps.filter((step) => !isInner(step));
    const asksAboutCalls = message.interrupt && this.#isOpenAfter(steps);
    let known = '';
    let spoke = false;
    for (const step of steps) {
      const reply = step.kind === 'model' ? replyIn(step.output) : undefined;
      if (reply) {
        this.#close();
        this.#messages.push(assistantMessage(reply));
        this.#calls = reply.tool_calls;
        known += reply.text;
        spoke = true;
      } else if (step.kind !== 'model') this.#note(step);
    }
    if (asksAboutCalls || (spoke && !message.incomplete)) return;
    const text = spoke ? unfinished(textOf(message.parts), known) : textOf(message.parts).trim();
    if (text === '') return;
    this.#close();
    this.#messages.push(assistantMessage({ text, tool_calls: [] }));
  }

  end(): PromptMessage[] {
    this.#close();
    return this.#messages.filter(({ content }) => content.length > 0);
  }

  /** Whether calls wait for their results once these steps are done: a question is then about them. */
  #isOpenAfter(steps: readonly MessageStep[]): boolean {
    const last = steps.findLast(({ kind, output }) => kind === 'model' && replyIn(output));
    return ((last ? replyIn(last.output)?.tool_calls : this.#calls) ?? []).length > 0;
  }

  /** Finds the call that a step did: by name and input, else by name alone, since a person may have changed the input. */
  #note(step: MessageStep): void {
    const open = this.#calls.filter(({ id, name }) => name === step.name && !this.#results.has(id));
    const call = open.find((one) => JSON.stringify(argumentsOf(one)) === JSON.stringify(step.input)) ?? open[0];
    if (!call) return;
    const { text, isError } = this.#resultOf(step);
    this.#results.set(call.id, resultPart(call, text, isError));
  }

  #resultOf({ kind, output, error }: MessageStep): { text: string; isError: boolean } {
    if (error) return { text: `Error: ${error.message}`, isError: true };
    if (kind === 'search' && isFound(output)) return { text: this.#sources.describe(output), isError: false };
    const result = fromStored(output);
    return { text: textForModel(result), isError: result.isError === true };
  }

  /** Every call has a result, or providers refuse what follows. */
  #close(): void {
    if (this.#calls.length === 0) return;
    const content = this.#calls.map((call) => this.#results.get(call.id) ?? resultPart(call, CUT_OFF, true));
    this.#messages.push({ role: 'tool', content });
    this.#calls = [];
    this.#results.clear();
  }
}

/** What was shown of a reply that was cut off, behind those that were finished. Marks of sources are not shown, so that only letters are counted. */
function unfinished(shown: string, known: string): string {
  let count = known.replace(/\[[\d,;\s]+\]/g, '').replace(/\s+/g, '').length;
  let at = 0;
  for (; at < shown.length && count > 0; at += 1) if (!/\s/.test(shown[at] as string)) count -= 1;
  return shown.slice(at).trim();
}

function isFound(output: Json | undefined): output is Found {
  const found = output as Partial<Found> | null | undefined;
  return Array.isArray(found?.passages) && typeof found.weights === 'object';
}
