import { describe, expect, test } from 'vitest';
import { failureOf, scene, streamed, textIn, tool } from './kit.ts';

describe('what a model is asked', () => {
  test('an answer that does not fit its schema is asked for once more, with what is wrong, and then is an error', async () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
    const { model, troubles, ask } = await scene({ agent: { spec: { structured_output: schema } } });
    model.script(
      [{ text: '{"age": "three"}' }],
      [{ text: '{"age": 3}' }],
      [{ text: 'It is three.' }],
      [{ text: '{}' }],
    );
    const right = await ask();
    expect(textIn(right)).toBe('{"age": 3}');
    expect(streamed(right)).toBe('{"age": 3}');
    expect(model.requests[1]?.body.messages.slice(1)).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: '{"age": "three"}' },
      { role: 'user', content: expect.stringContaining('does not fit the JSON Schema: input/age must be integer.') },
    ]);
    expect(troubles.map(({ code }) => code)).toEqual(['model_malformed']);
    const wrong = await ask();
    expect(failureOf(wrong)).toBe('model_malformed');
    expect(streamed(wrong)).toBe('');
    expect(model.requests).toHaveLength(4);
  });

  test('it may use the tools that its guidelines name, whether they are among its tools or not', async () => {
    const guidelines = [
      { condition: 'A', action: 'B', tool: 'shop:look' },
      { condition: 'C', action: 'D', tool: 'chat_with_collaborator_billing' },
    ];
    const look = tool('shop:look', async () => ({ content: [] }));
    const { model, ask } = await scene({ agent: { spec: { guidelines } }, tools: [look] });
    model.script([{ text: 'Yes.' }]);
    await ask();
    const { tools, messages } = model.requests[0]!.body;
    expect(tools.map((one: { function: { name: string } }) => one.function.name)).toEqual(['shop:look']);
    expect(messages[0].content).toContain('Use the tool `look`.');
  });

  test('parameters that cannot be are left out', async () => {
    const { model, ask } = await scene({ agent: { spec: { llm_config: { max_tokens: -1, temperature: 'hot' } } } });
    model.script([{ text: 'Yes.' }]);
    await ask('Hi', { options: { llm_params: { max_tokens: 0 } } });
    expect(model.requests[0]?.body).not.toHaveProperty('max_tokens');
    expect(model.requests[0]?.body).not.toHaveProperty('temperature');
  });
});
