import type { ApprovalPolicy, ToolPermission } from '../../../ports/index.ts';

/** An MCP server as its file declares it, variables of the environment filled in. Its values may be secret. */
export interface McpServer {
  /** Name of the toolkit. */
  readonly name: string;
  readonly reach:
    | {
        readonly by: 'stdio';
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, string>>;
        /** Absolute path of the folder to start it in. */
        readonly folder: string;
      }
    | { readonly by: 'http'; readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** Names of the tools that agents get; null: all. */
  readonly tools: readonly string[] | null;
  /** Of every tool; null: `read_only` where the server says so, else `read_write`. */
  readonly permission: ToolPermission | null;
  readonly approve: boolean | undefined;
  readonly approval?: ApprovalPolicy | undefined;
  readonly timeoutMs: number;
  /** Calls say the context variables of the agent, as `clew/context` in their `_meta`: for a server that is the project's own. Default false. */
  readonly tellsContext?: boolean;
}
