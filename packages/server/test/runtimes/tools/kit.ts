import { expect } from 'vitest';
import { type JsonObject, type Message, type Part, type RunEvent, textOf } from '../../../src/model/index.ts';
import type { Runtime, Tool, ToolResult } from '../../../src/ports/index.ts';
import { callTools, textForModel } from '../../../src/runtimes/tools/index.ts';

/** A tool of a test. */
export function toolOf(more: Partial<Tool> & Pick<Tool, 'call'>): Tool {
  return {
    name: 'refund',
    displayName: 'Refund an order',
    description: 'Pays back.',
    inputSchema: {
      type: 'object',
      properties: { order: { type: 'string' }, amount: { type: 'number', minimum: 1 } },
      required: ['order', 'amount'],
      additionalProperties: false,
    },
    permission: 'read_only',
    approve: undefined,
    timeoutMs: 5_000,
    ...more,
  };
}

/** A result of one text. */
export function said(text: string, more: Partial<ToolResult> = {}): ToolResult {
  return { content: [{ type: 'text', text }], ...more };
}

/** Calls that an agent makes at once. */
export type Calls = readonly (readonly [tool: Tool, input: unknown])[];

/** An agent that makes these calls at once and says what a model would read of each. */
export function caller(...calls: Calls): Runtime['run'] {
  return async (turn, emit, signal) => {
    const wanted = calls.map(([tool, input], index) => ({ tool, input, callId: `c${index}` }));
    for (const result of await callTools(wanted, { turn, emit, signal }))
      emit.text(`${result.isError ? '!' : ''}${textForModel(result)}\n`);
  };
}

export function lastMessage(events: readonly RunEvent[]): Message {
  const last = events.findLast((event) => event.type === 'message.completed');
  expect(last).toBeDefined();
  return (last as Extract<RunEvent, { type: 'message.completed' }>).data.message;
}

export function lastText(events: readonly RunEvent[]): string {
  return textOf(lastMessage(events).parts);
}

/** What the steps of the last message gave back. */
export function outputs(events: readonly RunEvent[]): JsonObject[] {
  return lastMessage(events).steps.map(({ output }) => output as JsonObject);
}

/** An answer as the chat sends a form. */
export function form(operation: 'submit' | 'cancel', data: JsonObject = {}): Part[] {
  const value = { response_type: 'form_operation', form_operation: operation, form_data: data };
  return [{ type: 'item', kind: 'form_operation', value }];
}

export function words(text: string): Part[] {
  return [{ type: 'text', text }];
}
