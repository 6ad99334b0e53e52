import {
  type Event,
  type MessagePart,
  part as partSchema,
  type Run,
  type Trajectory,
  trajectory as trajectorySchema,
} from '@clew/wire/acp';
import { AcpError } from '@clew/wire/acp-client';
import { AgentError, type Json, type JsonObject, type Part, type StepKind } from '../../model/index.ts';
import type { Emit, StepInfo } from '../../ports/index.ts';
import { decodePart } from '../../wires/acp/parts.ts';

/** How much text is said in one go before the log is waited for, in UTF-16 code units. */
const FLUSH_AFTER = 64 * 1024;

const KINDS: readonly string[] = ['tool', 'search', 'handoff', 'thought'] satisfies StepKind[];

/** Says here what a remote agent says there. The same events are said in the same way, which is what a second entry needs. */
export class Speaker {
  readonly #emit: Emit;
  /** The message that is open there: its parts as it was created, and how many were said since. */
  #message: { readonly parts: readonly MessagePart[]; heard: number } | undefined;
  /** Steps that were announced and not told of yet. */
  readonly #steps: StepInfo[] = [];
  #messages = 0;
  #unflushed = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  async hear(event: Event): Promise<void> {
    switch (event.type) {
      case 'message.created':
        // One that is open is void there. It cannot be taken back, and stays as a message of its own.
        if (this.#message) await this.#emit.endMessage();
        this.#open(partsOf(event.message));
        return;
      case 'message.part':
        this.#message ??= this.#open([]);
        this.#message.heard += 1;
        return this.#say(event.part);
      case 'message.completed': {
        const { heard, parts } = this.#message ?? this.#open([]);
        const whole = partsOf(event.message);
        // Some servers show parts only as a whole.
        if (heard === 0) await this.#sayAll(whole.length > 0 ? whole : parts);
        this.#message = undefined;
        return this.#emit.endMessage();
      }
      case 'generic':
        return this.#hearGeneric(event.generic as JsonObject);
      case 'run.completed':
        return this.#catchUp(event.run);
      default:
        return;
    }
  }

  /** What the run waits for. The steps that led to it are said, the rest is the question. */
  async question({ await_request }: Run): Promise<Part[]> {
    const question: Part[] = [];
    for (const sent of partsOf(await_request?.message)) {
      const part = checked(sent);
      if (isTrajectory(part)) await this.#step(part.metadata);
      else question.push(decodePart(part));
    }
    return question.length > 0 ? question : [{ type: 'text', text: 'The agent waits for an answer.' }];
  }

  #open(parts: readonly MessagePart[]) {
    this.#messages += 1;
    this.#message = { parts, heard: 0 };
    return this.#message;
  }

  /** A run whose events held no message has its answer in the run alone. */
  async #catchUp({ output }: Run): Promise<void> {
    if (this.#message && !this.#message.heard) await this.#sayAll(this.#message.parts);
    if (this.#messages > 0) return;
    for (const message of Array.isArray(output) ? output : []) {
      await this.#sayAll(partsOf(message));
      await this.#emit.endMessage();
    }
  }

  async #sayAll(parts: readonly MessagePart[]): Promise<void> {
    for (const part of parts) await this.#say(part);
  }

  async #say(sent: MessagePart): Promise<void> {
    const checkedPart = checked(sent);
    if (isTrajectory(checkedPart)) return this.#step(checkedPart.metadata);
    const part = decodePart(checkedPart);
    const isPlain = part.type === 'text' && !part.contentType && !part.name && !part.citation && !part.extra;
    if (!isPlain) return this.#emit.part(part);
    this.#emit.text(part.text);
    this.#unflushed += part.text.length;
    if (this.#unflushed <= FLUSH_AFTER) return;
    this.#unflushed = 0;
    await this.#emit.flush();
  }

  /** Clew tells in generic events of steps, of context variables and of steps that no message followed; everything else is the agent's own. */
  async #hearGeneric(generic: JsonObject): Promise<void> {
    const [member, ...others] = Object.keys(generic);
    const value = others.length === 0 && member !== undefined ? generic[member] : undefined;
    if (member === 'step' && isStep(value)) {
      const { kind, name, title } = value;
      this.#steps.push({ kind, name, title });
      return;
    }
    if (member === 'context' && isObject(value)) return this.#emit.setContext(value);
    const told = member === 'trajectory' ? trajectorySchema.safeParse(value) : undefined;
    if (told?.success) return this.#step(told.data);
    await this.#emit.custom(generic);
  }

  /**
   * A step that is done there. Its title is for visitors, too: what Clew announced it with, else the name alone, since the message of another server may
   * hold what only signed-in people may see. That message is then what a thought gives back.
   */
  async #step({ message, tool_name, tool_input, tool_output }: Trajectory): Promise<void> {
    const announced = this.#announced(tool_name, message);
    const says = message && message !== tool_name && message !== announced?.title ? message : undefined;
    const input = tool_input ? { input: tool_input as JsonObject } : {};
    if (says !== undefined) {
      const thought: StepInfo = { kind: 'thought', name: 'thought', title: 'Thinking' };
      await this.#emit.step(tool_name ? thought : { ...thought, ...announced, ...input }, () => says);
      if (!tool_name) return;
    }
    const plain: StepInfo = tool_name
      ? { kind: 'tool', name: tool_name, title: tool_name }
      : { kind: 'thought', name: 'thought', title: 'Thinking' };
    const failure = failureIn(tool_output);
    const work = (): Json | undefined => {
      if (failure) throw failure;
      return (tool_output as JsonObject | null | undefined) ?? undefined;
    };
    try {
      await this.#emit.step({ ...plain, ...announced, ...input }, work);
    } catch (error) {
      // That a step failed there is told; the run goes on as it does there. A second entry throws an error of its own for it.
      if (!failure || !(error instanceof AgentError) || error.message !== failure.message) throw error;
    }
  }

  /** Takes what the step was announced with: of a thought the title need not come back, what it led to may stand in its place. */
  #announced(toolName: string | null | undefined, message: string | null | undefined): StepInfo | undefined {
    const named = ({ kind, name }: StepInfo) => (toolName ? name === toolName : kind === 'thought');
    let at = this.#steps.findIndex((step) => named(step) && step.title === message);
    if (at < 0 && !toolName) at = this.#steps.findIndex(named);
    return at < 0 ? undefined : this.#steps.splice(at, 1)[0];
  }
}

/** The parts of what should be a message. */
function partsOf(message: unknown): readonly MessagePart[] {
  const { parts } = (message ?? {}) as { readonly parts?: unknown };
  return Array.isArray(parts) ? parts : [];
}

function isStep(value: Json | undefined): value is JsonObject & StepInfo {
  if (!isObject(value)) return false;
  const { kind, name, title } = value;
  return KINDS.includes(kind as string) && typeof name === 'string' && typeof title === 'string';
}

function isTrajectory(part: MessagePart): part is MessagePart & { metadata: Trajectory } {
  return part.metadata?.kind === 'trajectory' && part.content == null && part.content_url == null;
}

/** How Clew tells that a step failed. */
function failureIn(output: Trajectory['tool_output']): AgentError | undefined {
  const { error, ...others } = (output ?? {}) as JsonObject;
  if (!isObject(error) || Object.keys(others).length > 0) return undefined;
  const { code, message } = error;
  return typeof code === 'string' && typeof message === 'string' ? new AgentError(code, message) : undefined;
}

/** A part as the protocol has it. Metadata of a kind that nobody knows is left out. */
function checked(sent: unknown): MessagePart {
  const read = partSchema.safeParse(sent);
  if (read.success) return read.data;
  const again = partSchema.safeParse(isObject(sent as Json) ? { ...(sent as object), metadata: null } : sent);
  if (again.success) return again.data;
  throw new AcpError('malformed', 'The server sent a part of a message that is none.');
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
