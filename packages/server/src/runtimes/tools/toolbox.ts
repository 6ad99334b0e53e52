import { type Agent, AgentError, type JsonObject } from '../../model/index.ts';
import type { ApprovalPolicy, Tool, Toolbox, ToolPermission } from '../../ports/index.ts';
import type { ConnectionOptions } from './mcp/connection.ts';
import type { McpServer } from './mcp/server.ts';
import { createToolkit, type Toolkit } from './mcp/toolkit.ts';

/** What a project offers. */
export interface Offer {
  readonly tools: readonly Tool[];
  readonly toolkits: readonly McpServer[];
}

/** A toolbox whose content can change. */
export interface ProjectToolbox extends Toolbox {
  /** Takes over what a project offers. Toolkits that are declared as before stay connected, others are closed. */
  replace(offer: Offer): void;
}

export interface ToolboxOptions extends ConnectionOptions {
  /** Whether a person is asked before a tool of this permission is called, where the tool does not say. Default: all but `read_only` ask. */
  readonly asks?: Readonly<Record<ToolPermission, boolean>>;
  /** How long approvals may take where neither the tool nor the agent says so. Default: as long as any question. */
  readonly approval?: ApprovalPolicy;
}

const ASKS: Readonly<Record<ToolPermission, boolean>> = {
  read_only: false,
  write_only: true,
  read_write: true,
  admin: true,
};

/** Longest name of a tool that every provider of models takes. */
const LONGEST_NAME = 64;

/**
 * The names under which an agent's tools are found: those of single tools, of whole toolkits, and of the tools that its guidelines name, which need not stand
 * in `tools` (the ADK looks them up among all tools, too). A guideline may also name a collaborator or a search, which are no tools of a project.
 */
export function toolNamesOf({ tools, spec }: Pick<Agent, 'tools' | 'spec'>): readonly string[] {
  const toolkits = Array.isArray(spec.toolkits) ? spec.toolkits.filter((name) => typeof name === 'string') : [];
  const guidelines = Array.isArray(spec.guidelines) ? (spec.guidelines as readonly JsonObject[]) : [];
  const named = guidelines.flatMap(({ tool }) => (typeof tool === 'string' && !NO_TOOL.test(tool) ? [tool] : []));
  return [...new Set([...tools, ...toolkits, ...named])];
}

const NO_TOOL = /^(?:chat_with_collaborator_|search_|\s*$)/;

/** A toolbox that is empty until `replace`. Names that nothing has are passed over: the findings of the project tell of them. */
export function createToolbox({ asks = ASKS, approval, ...options }: ToolboxOptions = {}): ProjectToolbox {
  let tools: ReadonlyMap<string, Tool> = new Map();
  let toolkits: readonly Toolkit[] = [];
  const closing = new Set<Promise<void>>();

  function close(toolkit: Toolkit): void {
    const closed = toolkit.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  async function find(name: string, signal: AbortSignal): Promise<readonly Found[]> {
    const single = tools.get(name);
    if (single) return [{ tool: single }];
    const [kit, member] = splitAt(name, ':');
    const whole = toolkits.find(({ server }) => server.name === (member === undefined ? name : kit));
    if (whole) {
      const all = await whole.tools(signal);
      return all.filter((tool) => member === undefined || tool.name === member).map((tool) => ({ tool, kit: whole }));
    }
    return member === undefined ? findInToolkits(name, signal) : [];
  }

  /** Toolkits that name the tool come before those that do not say what they have. */
  async function findInToolkits(name: string, signal: AbortSignal): Promise<readonly Found[]> {
    const naming = toolkits.filter(({ server }) => server.tools?.includes(name));
    const open = naming.length > 0 ? naming : toolkits.filter(({ server }) => server.tools === null);
    let failure: unknown;
    for (const kit of open) {
      try {
        const tool = (await kit.tools(signal)).find((one) => one.name === name);
        if (tool) return [{ tool, kit }];
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return [];
  }

  return {
    async resolve(names, signal) {
      const found = (await Promise.all(names.map((name) => find(name, signal)))).flat();
      const taken = new Set<string>();
      const seen = new Set<Tool>();
      return found.flatMap(({ tool, kit }) => {
        if (seen.has(tool)) return [];
        seen.add(tool);
        const name = freeName(tool.name, kit?.server.name, taken);
        taken.add(name);
        const approve = tool.approve ?? asks[tool.permission];
        const policy = approval ? { approvalDefault: approval } : {};
        return [{ ...tool, ...policy, name, approve, call: tool.call.bind(tool) }];
      });
    },
    replace(offer) {
      tools = new Map(offer.tools.map((tool) => [tool.name, tool]));
      const before = new Map(toolkits.map((toolkit) => [JSON.stringify(toolkit.server), toolkit]));
      toolkits = offer.toolkits.map((server) => {
        const key = JSON.stringify(server);
        const kept = before.get(key);
        before.delete(key);
        return kept ?? createToolkit(server, options);
      });
      for (const gone of before.values()) close(gone);
    },
    async close() {
      for (const toolkit of toolkits) close(toolkit);
      toolkits = [];
      await Promise.all(closing);
    },
  };
}

interface Found {
  readonly tool: Tool;
  readonly kit?: Toolkit;
}

/** A name that models take and no other tool has. */
function freeName(name: string, kit: string | undefined, taken: ReadonlySet<string>): string {
  const plain = simplified(name);
  if (!taken.has(plain)) return plain;
  const whole = simplified(kit === undefined ? name : `${kit}_${name}`);
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? whole : `${whole.slice(0, LONGEST_NAME - 4)}_${n}`;
    if (!taken.has(tried)) return tried;
  }
}

function simplified(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME);
}

function splitAt(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** The tool of this name. Rejects with `tool_unknown` when there is none. */
export async function toolNamed(toolbox: Toolbox, name: string, signal: AbortSignal): Promise<Tool> {
  const found = await toolbox.resolve([name], signal);
  if (found.length === 1) return found[0] as Tool;
  const message =
    found.length === 0 ? `There is no tool \`${name}\`.` : `\`${name}\` is a toolkit: name one of its tools.`;
  throw new AgentError('tool_unknown', message);
}
