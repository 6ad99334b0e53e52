import type { Agent, JsonObject } from '../model/index.ts';
import type { Tool } from '../ports/index.ts';
import type { McpServer, Plugin, PythonPlugin } from '../runtimes/index.ts';

/** Something in a project's files that is wrong or probably not meant, in words for the person who wrote it. */
export interface Finding {
  /** `error`: the file is left out, or, where two agents exclude each other, nothing is taken over. `warning`: it is used all the same. */
  readonly severity: 'error' | 'warning';
  /** Path relative to the project, with `/`. */
  readonly file: string;
  /** From 1; 1 also where no line applies. */
  readonly line: number;
  /** Where in the file: `starter_prompts.prompts[0].title`. Empty when the file as a whole is meant. */
  readonly field: string;
  /** One sentence: what is wrong. */
  readonly message: string;
  /** One sentence: what to do. */
  readonly fix: string;
}

/** Where an external agent is. Its values may be secret: nothing but its runtime reads them. */
export interface RemoteAgent {
  /** Address of the server, without a slash at the end; of one that speaks chat completions what stands before `/chat/completions`. */
  readonly url: string;
  /** Name of the agent there. */
  readonly agent: string;
  /** Sent with each request, variables of the environment filled in. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a server that went away in the middle of a run is waited for. */
  readonly reconnectMs: number;
  /** It speaks chat completions: further members of the body of each request, and whether what it thinks becomes steps. Absent: it speaks ACP, or A2A. */
  readonly chat?: { readonly params: JsonObject; readonly thoughts: boolean };
  /** It speaks A2A; the address is that of the agent, its server or its card. */
  readonly a2a?: true;
}

/** An agent and where it comes from. */
export interface AgentEntry {
  readonly agent: Agent;
  /** Its file, relative to the project. */
  readonly source: string;
  /** Line of its name in the file, from 1. */
  readonly line: number;
  /** Code agents: the function to call for each turn; the same object for as long as the file's text is the same. Others: absent. */
  readonly module?: unknown;
  /** External agents: where they are. Others: absent. */
  readonly remote?: RemoteAgent;
}

/** A document of a knowledge base, as a file. */
export interface DocumentFile {
  /** Relative to the project, with `/`: unique in its knowledge base. */
  readonly path: string;
  /** Absolute path. */
  readonly file: string;
  /** Where a person can open it, if the knowledge base says so. */
  readonly url: string | null;
}

/** A knowledge base as its file describes it. */
export interface KnowledgeBase {
  readonly name: string;
  readonly description: string;
  /** `vector_index.embeddings_model_name`; null: that of the installation, if it has one. */
  readonly embeddings: string | null;
  /** Existing files, in the order of the file; those of a pattern in the order of their paths. */
  readonly documents: readonly DocumentFile[];
  /** Its file, relative to the project. */
  readonly file: string;
}

/** A tool and where it comes from. */
export interface ToolEntry {
  readonly tool: Tool;
  /** `code`: a module · `openapi`: an operation of a service. */
  readonly kind: 'code' | 'openapi';
  /** Its file, relative to the project. */
  readonly source: string;
  /** Line of its name in the file, from 1. */
  readonly line: number;
}

/** A toolkit and where it comes from. Its values may be secret: nothing but its connection reads them. */
export interface ToolkitEntry {
  readonly server: McpServer;
  /** Its file, relative to the project. */
  readonly source: string;
  /** Line of its name in the file, from 1. */
  readonly line: number;
}

/** A plugin and where it comes from. */
export interface PluginEntry {
  readonly plugin: Plugin;
  /** Where it is a function in a Python file: it works with the tools of the project only. */
  readonly python?: PythonPlugin;
  /** Its file, relative to the project. */
  readonly source: string;
}

/** A project folder as it was read: what works, and findings about what does not. */
export interface Project {
  /** Absolute path. */
  readonly folder: string;
  /** In the order of their names. */
  readonly agents: readonly AgentEntry[];
  /** In the order of their names. */
  readonly knowledgeBases: readonly KnowledgeBase[];
  /** In the order of their files. */
  readonly tools: readonly ToolEntry[];
  /** In the order of their files. */
  readonly toolkits: readonly ToolkitEntry[];
  /** In the order of their files. */
  readonly plugins: readonly PluginEntry[];
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
}

/** The finding on one line: `agents/guide.yaml:3: style: … Fix`. */
export function formatFinding(finding: Finding): string {
  const said = `${finding.message} ${finding.fix}`;
  return [`${finding.file}:${finding.line}`, finding.field, said].filter((text) => text !== '').join(': ');
}
