import type { JsonObject } from '../../../model/index.ts';
import { addUser } from '../history.ts';
import type { OfferedTool, Prompt, PromptMessage } from '../sdk.ts';

/** How a model without tools of its own is told to use them. */
export function protocolOf(tools: readonly OfferedTool[], schema: JsonObject | undefined): string {
  const offered = tools.flatMap((tool) =>
    tool.type === 'function'
      ? [
          `- ${tool.name}: ${(tool.description ?? '').replace(/\s+/g, ' ')}\n  Input: ${JSON.stringify(tool.inputSchema)}`,
        ]
      : [],
  );
  const names = tools.map(({ name }) => name).join(', ');
  const answer = schema
    ? `JSON that fits this schema, and nothing else: ${JSON.stringify(schema)}`
    : 'your answer to the person';
  return `You can use these tools:
${offered.join('\n')}

Write in this format and in no other. To use a tool:

Thought: what you need to find out or do
Action: the name of one tool, one of: ${names}
Action Input: its input, one JSON object that fits its schema

Then stop. You are told what came of it as "Observation: …", and may use another tool. Never write an observation yourself. Once you know the answer:

Thought: I know the answer
Final Answer: ${answer}

The person reads what follows "Final Answer:" and nothing else.`;
}

/** What is said to a model that did not keep to the format. */
export function correctionOf(fault: string): string {
  return `Your reply does not keep to the format: ${fault}. Write it again: either "Thought:", "Action:" with the name of one tool and "Action Input:" with one JSON object, or "Thought:" and "Final Answer:".`;
}

/**
 * A conversation as a model without tools reads it: calls and what they gave back are text. `protocol` joins the instructions; without one the earlier answers stand as they are.
 */
export function asText(prompt: Prompt, protocol: string | undefined): Prompt {
  const told: PromptMessage[] = [];
  for (const message of prompt) {
    if (message.role === 'system')
      told.push(protocol === undefined ? message : { ...message, content: `${message.content}\n\n${protocol}` });
    else if (message.role === 'user') addUser(told, [...message.content]);
    else if (message.role === 'assistant') told.push(assistantText(message, protocol !== undefined));
    else addUser(told, [{ type: 'text', text: observations(message) }]);
  }
  return told;
}

function assistantText({ content }: Extract<PromptMessage, { role: 'assistant' }>, isReact: boolean): PromptMessage {
  const said = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const calls = content.flatMap((part) =>
    part.type === 'tool-call' ? [`Action: ${part.toolName}\nAction Input: ${JSON.stringify(part.input)}`] : [],
  );
  const label = calls.length > 0 ? 'Thought: ' : isReact ? 'Final Answer: ' : '';
  const lines = [...(said === '' ? [] : [`${label}${said}`]), ...calls];
  return { role: 'assistant', content: [{ type: 'text', text: lines.join('\n') }] };
}

function observations({ content }: Extract<PromptMessage, { role: 'tool' }>): string {
  const results = content.flatMap((part) => (part.type === 'tool-result' ? [part] : []));
  return results
    .map(({ toolName, output }) => {
      const text = 'value' in output ? output.value : '';
      const value = typeof text === 'string' ? text : JSON.stringify(text);
      return `Observation${results.length > 1 ? ` of ${toolName}` : ''}: ${value}`;
    })
    .join('\n');
}
