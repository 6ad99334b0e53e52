import type { JsonObject } from './json.ts';

/** A suggestion shown before the first message. */
export interface StarterPrompt {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly prompt: string;
  readonly state: 'active' | 'inactive';
}

/** What a chat shows before the first message. */
export interface WelcomeContent {
  readonly message: string;
  readonly description: string;
  /** True when the agent's file says nothing and clients should show a greeting of their own. */
  readonly isDefault: boolean;
}

/**
 * What becomes of a message that comes while the thread's last one is still being answered, or its answer waits for a person: it waits for its turn, the answer is broken off
 * for it, or it is refused.
 */
export type DoubleTexting = 'enqueue' | 'interrupt' | 'reject';

/** A named configuration and the runtime that executes it. */
export interface Agent {
  /** UUID, the same after every restart. */
  readonly id: string;
  /** Unique in the project, as written in its file. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly instructions: string;
  /** `provider/model`, e.g. `clew/guide`; for code agents `code`. */
  readonly llm: string;
  readonly style: string;
  readonly hidden: boolean;
  readonly starterPrompts: readonly StarterPrompt[];
  /** The file set the prompts itself. */
  readonly hasOwnPrompts: boolean;
  readonly welcome: WelcomeContent;
  readonly contextAccess: boolean;
  /** Names of the context variables the agent may see. */
  readonly contextVariables: readonly string[];
  readonly knowledgeBases: readonly string[];
  readonly tools: readonly string[];
  readonly collaborators: readonly string[];
  readonly hideReasoning: boolean;
  /** Absent: as the server is set (`engine.doubleTexting`). */
  readonly doubleTexting?: DoubleTexting;
  /** SVG text, if any. */
  readonly icon: string | null;
  /** The agent's whole file as validated, for runtimes that read fields of their own. */
  readonly spec: JsonObject;
  /** Times of the file, milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Whether people may send the agent files, which it then reads (`chat_with_docs.enabled`). */
export function chatsWithDocs({ spec }: Pick<Agent, 'spec'>): boolean {
  return (spec.chat_with_docs as { readonly enabled?: unknown } | null | undefined)?.enabled === true;
}
