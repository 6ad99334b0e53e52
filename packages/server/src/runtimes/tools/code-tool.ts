import { z } from 'zod';
import type { Json, JsonObject } from '../../model/index.ts';
import type { ApprovalPolicy, Tool, ToolCall, ToolPermission, ToolResult } from '../../ports/index.ts';
import { failure, toResult } from './result.ts';

/** How long a call may take when its tool does not say. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** What a tool may give back: text, any JSON, a result, or nothing. */
export type ToolOutput = string | Json | ToolResult | ADKResult | undefined;

/** A result in the words of the ADK (`ToolResult`) and of MCP. */
export interface ADKResult {
  readonly content: readonly {
    readonly type: 'text';
    readonly text: string;
    readonly annotations?: { readonly audience?: readonly ('user' | 'assistant')[] };
  }[];
  readonly structuredContent?: Json;
  /** A content item for the chat, e.g. `{ response_type: 'image', source: 'https://…' }`. */
  readonly widget?: JsonObject;
  readonly _meta?: JsonObject;
  readonly isError?: boolean;
}

/** A tool written in code: the default export of a file in `tools/`. */
export interface ToolDefinition<Input> {
  /** Letters, digits, `_` and `-`, at most 64. Default: the name of the file, with `_` for `-`. */
  readonly name?: string;
  /** For people. Default: the name. */
  readonly displayName?: string;
  /** For the model: what the tool does and when to use it. */
  readonly description: string;
  /** What it wants: a schema of Zod, or a JSON Schema of an object. Default: nothing. */
  readonly input?: z.ZodType<Input> | JsonObject;
  /** Default `read_only`. All others ask a person first, unless `approve` or the configuration says otherwise. */
  readonly permission?: ToolPermission;
  /** Whether a person is asked before each call. Default: by the permission. */
  readonly approve?: boolean;
  /**
   * How long a person may take to decide, in milliseconds (0: as long as any question), and what then: the call is refused, or the run fails. Default: as the agent, else
   * the configuration says.
   */
  readonly approval?: { readonly expires?: number; readonly onExpiry?: 'reject' | 'fail' };
  /** Milliseconds after which a call is given up, at most an hour. Default 60,000. */
  readonly timeout?: number;
  /** Works. An error it throws is told to the model, whose next step may be another one; hand `call.signal` to whatever can be aborted. */
  run(input: Input, call: ToolCall): ToolOutput | Promise<ToolOutput>;
}

/** Gives `tool` back as it is, with its input checked by the compiler. */
export function defineTool<Input = JsonObject>(tool: ToolDefinition<Input>): ToolDefinition<Input> {
  return tool;
}

/** A definition whose members have been checked. */
export interface CheckedDefinition extends Omit<ToolDefinition<never>, 'input' | 'name'> {
  readonly name: string;
  readonly input?: unknown;
}

/** The tool of a definition. Throws when its schema cannot be written as JSON Schema. */
export function createCodeTool(definition: CheckedDefinition): Tool {
  const { name, displayName = name, description, permission = 'read_only', approve, approval, timeout } = definition;
  const schema = definition.input;
  const run = definition.run as (input: unknown, call: ToolCall) => unknown;
  return {
    name,
    displayName,
    description,
    inputSchema: jsonSchemaOf(schema),
    permission,
    approve,
    ...(approval ? { approval: policyOf(approval) } : {}),
    timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS,
    async call(input, call) {
      const read = isStandard(schema) ? await schema['~standard'].validate(input) : { value: input };
      if (read.issues) {
        const wrong = read.issues.map(({ message }) => message).join(', ');
        return failure('tool_input_invalid', `The input does not fit: ${wrong}.`);
      }
      return toResult(await run.call(definition, read.value, call));
    },
  };
}

function policyOf({ expires, onExpiry }: NonNullable<CheckedDefinition['approval']>): ApprovalPolicy {
  return { ...(expires === undefined ? {} : { expiresMs: expires }), ...(onExpiry ? { onExpiry } : {}) };
}

/** The schema as JSON Schema. Other copies of Zod are understood, too: the interface is that of Standard Schema. */
export function jsonSchemaOf(schema: unknown): JsonObject {
  if (schema === undefined || schema === null) return { type: 'object', properties: {} };
  if (!isStandard(schema)) return schema as JsonObject;
  const own = schema['~standard'].jsonSchema;
  const made = own
    ? own.input({ target: 'draft-2020-12' })
    : z.toJSONSchema(schema as unknown as z.ZodType, { io: 'input' });
  return made as JsonObject;
}

interface Standard {
  readonly '~standard': {
    validate(value: unknown): Validated | Promise<Validated>;
    readonly jsonSchema?: { input(options: { readonly target: string }): unknown };
  };
}

interface Validated {
  readonly value?: unknown;
  readonly issues?: readonly { readonly message: string }[];
}

function isStandard(schema: unknown): schema is Standard {
  return typeof Object(Object(schema)['~standard']).validate === 'function';
}

export { z };
