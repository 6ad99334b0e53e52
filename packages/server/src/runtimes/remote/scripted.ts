import {
  type Agent,
  AgentError,
  type CitationPart,
  type Json,
  type JsonObject,
  type Part,
  type StepKind,
} from '../../model/index.ts';
import type { Runtime } from '../../ports/index.ts';

/** What an agent of another server does when it is asked, or answered: steps, then what it says, then a question or a failure. */
export interface ScriptedAnswer {
  /** Name of the agent here. */
  readonly agent: string;
  /** Calls of tools and thoughts that it tells of. */
  readonly steps?: readonly {
    /** Default `tool`. */
    readonly kind?: StepKind;
    readonly name: string;
    readonly input?: Json;
    readonly output?: Json;
  }[];
  readonly text?: string;
  /** Where the text comes from: `title`, `url`, `description`, and a range in code points. */
  readonly citations?: readonly JsonObject[];
  /** It asks this; the next answer of the script is what it says then. */
  readonly ask?: string;
  readonly fail?: { readonly code: string; readonly message: string };
}

/** Agents of other servers in memory, who say what they were given to say: each takes the first answer that is for it. */
export class ScriptedRemotes {
  #answers: ScriptedAnswer[] = [];

  /** Puts answers in the place of those that are left. */
  load(answers: readonly ScriptedAnswer[]): void {
    this.#answers = [...answers];
  }

  /** How many answers nobody has asked for. */
  get left(): number {
    return this.#answers.length;
  }

  /** The runtime of one of them. */
  for({ name, displayName }: Pick<Agent, 'name' | 'displayName'>): Runtime {
    return {
      recovery: 'restart',
      run: async (_turn, emit) => {
        for (;;) {
          const told = await emit.step(
            { kind: 'handoff', name, title: `Handing over to ${displayName}` },
            () => this.#take(name) as unknown as JsonObject,
          );
          const answer = told as unknown as ScriptedAnswer;
          for (const { kind = 'tool', name: tool, input, output } of answer.steps ?? []) {
            const info = { kind, name: tool, title: tool, ...(input === undefined ? {} : { input }) } as const;
            await emit.step(info, () => output);
          }
          if (answer.text) await emit.message(partsOf(answer));
          if (answer.fail) throw new AgentError(answer.fail.code, answer.fail.message);
          if (answer.ask === undefined) return;
          await emit.ask([{ type: 'text', text: answer.ask }]);
        }
      },
    };
  }

  #take(name: string): ScriptedAnswer {
    const at = this.#answers.findIndex(({ agent }) => agent === name);
    const [answer] = at === -1 ? [] : this.#answers.splice(at, 1);
    if (answer) return answer;
    const message = `The agent ${name} of another server is asked, and the script has no answer left for it.`;
    throw new AgentError('remote_unreachable', message);
  }
}

function partsOf({ text = '', citations = [] }: ScriptedAnswer): Part[] {
  return [{ type: 'text', text }, ...citations.map((one) => ({ ...one, type: 'citation' }) as CitationPart)];
}
