import { AgentError, type Json, type JsonObject } from '../../../model/index.ts';
import type { Tool, ToolResult } from '../../../ports/index.ts';
import { secretsIn, withoutSecrets } from '../../secrets.ts';
import { toResult } from '../result.ts';
import type { Operation } from './operation.ts';
import { requestOf } from './request.ts';

/** Largest answer of a service. */
const MOST_BYTES = 1_048_576;

/** How much of the answer that says what went wrong is told. */
const MOST_TOLD = 2_000;

/** An operation of an HTTP service as a tool. Redirects are not followed: whatever they lead to was not declared. */
export function createOpenApiTool(described: Omit<Tool, 'call' | 'inputSchema'>, operation: Operation): Tool {
  const { headers: proofs, query } = operation.credentials;
  const secrets = [...secretsIn(proofs), ...secretsIn(query)];
  return {
    ...described,
    inputSchema: operation.inputSchema,
    async call(input, { signal }) {
      const { url, method, headers, body } = requestOf(operation, input);
      const answer = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      const text = withoutSecrets(await readText(answer), secrets);
      const { status } = answer;
      if (status >= 300 && status < 400)
        throw new AgentError(
          'tool_http_error',
          `The service answered with a redirect (${status}), which is not followed.`,
        );
      if (!answer.ok && status !== operation.successStatus)
        throw new AgentError(
          'tool_http_error',
          `The service answered with status ${status}. ${text.slice(0, MOST_TOLD)}`.trim(),
        );
      return resultOf(text, answer.headers.get('content-type') ?? '', status);
    },
  };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (size > MOST_BYTES)
      throw new AgentError('tool_result_too_large', `The answer is larger than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function resultOf(text: string, contentType: string, status: number): ToolResult {
  if (/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) {
    try {
      const value = JSON.parse(text) as Json;
      return { content: [{ type: 'text', text }], structuredContent: isObject(value) ? value : { result: value } };
    } catch {
      // Not JSON, whatever it says: it is text.
    }
  }
  return toResult(text === '' ? `Done (status ${status}).` : text);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
