import type { CallToolResult, Client, ContentBlock, Tool as McpTool } from '@modelcontextprotocol/client';
import { AgentError, type JsonObject } from '../../../model/index.ts';
import type { Tool, ToolCall, ToolPermission, ToolResult } from '../../../ports/index.ts';
import { toResult } from '../result.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import type { McpServer } from './server.ts';

/** The tools of an MCP server. */
export interface Toolkit {
  readonly server: McpServer;
  /** The tools that agents get, as of now. Rejects with `tools_unavailable` when the server cannot be reached. */
  tools(signal: AbortSignal): Promise<readonly Tool[]>;
  close(): Promise<void>;
}

/** How much longer than the tool's own time the SDK waits: the tool's time decides. */
const SLACK_MS = 5_000;

export function createToolkit(server: McpServer, options: ConnectionOptions = {}): Toolkit {
  const connection = new Connection(server, options);
  /** The same objects for as long as the server's list is the same: schemas are compiled once. */
  let known: { readonly list: readonly McpTool[]; readonly tools: readonly Tool[] } | undefined;
  return {
    server,
    async tools(signal) {
      let list: readonly McpTool[];
      try {
        list = await untilAborted(connection.tools(), signal);
      } catch {
        signal.throwIfAborted();
        // The list of a server that restarted is asked of the old session.
        await connection.drop();
        throw new AgentError('tools_unavailable', `The toolkit \`${server.name}\` cannot be reached.`);
      }
      if (known?.list !== list) {
        const wanted = list.filter(({ name }) => server.tools === null || server.tools.includes(name));
        known = { list, tools: wanted.map((tool) => toolOf(tool, server, connection)) };
      }
      return known.tools;
    },
    close: () => connection.close(),
  };
}

function toolOf(tool: McpTool, server: McpServer, connection: Connection): Tool {
  const { name, title, description, inputSchema, annotations, _meta } = tool;
  return {
    name,
    displayName: title ?? annotations?.title ?? name,
    description: description ?? '',
    inputSchema: inputSchema as JsonObject,
    permission: server.permission ?? permissionIn(_meta) ?? (annotations?.readOnlyHint ? 'read_only' : 'read_write'),
    approve: server.approve,
    ...(server.approval ? { approval: server.approval } : {}),
    timeoutMs: server.timeoutMs,
    call: (input, call) => callOver(connection, { name, input, call, server }),
  };
}

const PERMISSIONS: readonly ToolPermission[] = ['read_only', 'write_only', 'read_write', 'admin'];

/** A finer word than `readOnlyHint`, of servers that know Clew's. */
function permissionIn(meta: McpTool['_meta']): ToolPermission | undefined {
  return PERMISSIONS.find((one) => one === meta?.['clew/permission']);
}

interface McpCall {
  readonly name: string;
  readonly input: JsonObject;
  readonly call: ToolCall;
  readonly server: Pick<McpServer, 'timeoutMs' | 'tellsContext'>;
}

async function callOver(connection: Connection, wanted: McpCall): Promise<ToolResult> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await untilAborted(connection.client(), wanted.call.signal);
    try {
      const result = await callOnce(client, wanted);
      connection.worked();
      return resultOf(result);
    } catch (error) {
      wanted.call.signal.throwIfAborted();
      const kind = kindOf(error);
      if (kind === 'answer') throw error;
      await connection.drop(client);
      // Only a call that surely was not made may be made again.
      if (kind === 'broken' || attempt > 1) throw new AgentError('tool_failed', 'The connection to the tool broke.');
    }
  }
}

function callOnce(client: Client, { name, input, call, server }: McpCall): Promise<CallToolResult> {
  const about = server.tellsContext ? { _meta: { 'clew/context': call.context } } : {};
  return client.callTool(
    { name, arguments: { ...input }, ...about },
    {
      signal: call.signal,
      timeout: server.timeoutMs + SLACK_MS,
      onprogress: ({ message, progress, total }) =>
        call.show(`${message ?? (total === undefined ? progress : `${progress} of ${total}`)}\n`),
    },
  );
}

/** `answer`: the server said no · `refused`: it did not take the call, because it does not know the session or is not there · `broken`: nobody knows. */
function kindOf(error: unknown): 'answer' | 'refused' | 'broken' {
  const { code, status, cause } = Object(error) as Loose;
  if (typeof code === 'number') return 'answer';
  if (status === 404 || code === 'NOT_CONNECTED' || Object(cause).code === 'ECONNREFUSED') return 'refused';
  return code === 'INVALID_RESULT' ? 'answer' : 'broken';
}

type Loose = { readonly [name: string]: unknown };

function resultOf({ content, structuredContent, isError, _meta }: CallToolResult): ToolResult {
  return toResult({
    content: content.map(
      (block) => mediumOf(block) ?? { type: 'text', text: textOf(block), annotations: block.annotations },
    ),
    structuredContent,
    isError,
    _meta,
  });
}

/** A piece that is a picture or a sound, as `toResult` reads one. */
function mediumOf(block: ContentBlock): object | undefined {
  if (block.type === 'image' || block.type === 'audio') return block;
  if (block.type !== 'resource' || !('blob' in block.resource)) return undefined;
  const { blob: data, mimeType = '' } = block.resource;
  const [type] = mimeType.split('/');
  return type === 'image' || type === 'audio' ? { type, data, mimeType, annotations: block.annotations } : undefined;
}

/** A piece of content as text; what else there may be is named, since models are given text. */
function textOf(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'resource_link':
      return `${block.title ?? block.name}: ${block.uri}`;
    case 'resource':
      return 'text' in block.resource ? block.resource.text : `(${block.resource.uri})`;
    default:
      return `(${block.type}, ${block.mimeType})`;
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
