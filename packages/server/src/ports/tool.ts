import type { Json, JsonObject } from '../model/index.ts';

/** What a tool may do, as an ADK tool file says it. Everything but `read_only` asks a person first, unless the project says otherwise. */
export type ToolPermission = 'read_only' | 'write_only' | 'read_write' | 'admin';

/**
 * How long a person may take to approve a call, and what becomes of it when nobody did. That a call is made because nobody looked is none of the choices: whoever wants
 * that wants no approval.
 */
export interface ApprovalPolicy {
  /** Milliseconds after the question; 0: it has no end of its own, and waits as long as every question may. */
  readonly expiresMs?: number;
  /** `reject`: the call is refused, and the agent goes on · `fail`: the run fails with `answer_timeout`. */
  readonly onExpiry?: 'reject' | 'fail';
}

/** What a tool knows of the call beside its input. */
export interface ToolCall {
  /** Id of the run, of the step and of the thread; `stepId` is the same in every attempt and fit for an idempotency key. */
  readonly runId: string;
  readonly stepId: string;
  readonly threadId: string;
  /** Context variables that the agent declared. */
  readonly context: JsonObject;
  /** See `Turn.userPayload`. */
  userPayload?(): Promise<JsonObject | undefined>;
  /** Aborts with the run and when the tool's time is over. */
  readonly signal: AbortSignal;
  /** Shows a line while the tool works. */
  show(text: string): void;
}

/** A picture or a sound that a tool gave back. */
export interface ToolMedium {
  /** As the tool says it: `image/…` or `audio/…`. */
  readonly contentType: string;
  /** Base64. */
  readonly data: string;
}

/** What a tool gave back (ADK `ToolResult`). */
export interface ToolResult {
  /** For the model; pieces whose audience is `user` alone are not given to it. */
  readonly content: readonly {
    readonly type: 'text';
    readonly text: string;
    readonly audience?: readonly ('user' | 'assistant')[];
  }[];
  /** Pictures and sounds, for the person. Whoever made the call stores them as files before the result is kept, which has their addresses then. */
  readonly media?: readonly ToolMedium[];
  readonly structuredContent?: Json;
  /** `_meta` of the wire; `com.ibm.orchestrate/widget` in it is a content item for the chat. */
  readonly meta?: JsonObject;
  /** The tool says that it failed; the model reads why and may try otherwise. */
  readonly isError?: boolean;
}

/** Something a model may call. */
export interface Tool {
  /** Unique in the project: letters, digits, `_` and `-`, at most 64 characters. */
  readonly name: string;
  /** For people. Default: the name. */
  readonly displayName: string;
  /** For the model. */
  readonly description: string;
  /** JSON Schema (2020-12 or draft 7) of the input: an object. Checked before each call. */
  readonly inputSchema: JsonObject;
  readonly permission: ToolPermission;
  /** Whether a person is asked first; undefined: by the permission. */
  readonly approve: boolean | undefined;
  /** What the tool itself says of its approvals; before what the agent says. */
  readonly approval?: ApprovalPolicy;
  /** What holds where neither the tool nor the agent says anything. */
  readonly approvalDefault?: ApprovalPolicy;
  /** Milliseconds after which a call is given up. */
  readonly timeoutMs: number;
  /** Works. What it throws is told to the model as a failed call; an `AgentError` keeps its code. */
  call(input: JsonObject, call: ToolCall): Promise<ToolResult>;
}

/** Where an agent's tools are found. Toolkits (MCP) connect at the first use. */
export interface Toolbox {
  /**
   * The tools of these names: of single tools, of toolkits' tools as `<toolkit>:<tool>` or by the name alone, and of whole toolkits. `approve` is decided and no two have
   * the same name. Names that nothing has are passed over. Rejects with the `AgentError` `tools_unavailable` when a toolkit cannot be reached.
   */
  resolve(names: readonly string[], signal: AbortSignal): Promise<readonly Tool[]>;
  /** Closes connections and processes. */
  close(): Promise<void>;
}
