import { expect, test } from 'vitest';
import { aboutAgent as about } from './about-agent.ts';
import { agentYaml } from './folder.ts';

const doubted: [name: string, yaml: string, said: string[]][] = [
  [
    'an unknown field',
    agentYaml('a', 'instuctions: x'),
    ['warning 5 instuctions: Clew does not know this field and passes it over. Did you mean `instructions`?'],
  ],
  [
    'an unknown field inside',
    agentYaml('a', 'starter_prompts:', '  prompts:', '    - title: a', '      prompt: b', '      subtitel: c'),
    [
      'warning 9 starter_prompts.prompts[0].subtitel: Clew does not know this field and passes it over. Did you mean `subtitle`?',
    ],
  ],
  [
    'a field of nobody',
    agentYaml('a', 'zzz: 1'),
    [
      'warning 5 zzz: Clew does not know this field and passes it over. Remove it, or keep data of your own under `custom`.',
    ],
  ],
  [
    'an id that is none',
    agentYaml('a', 'id: seven'),
    [
      'warning 5 id: The id is not a UUID and is passed over. Remove it: the agent then keeps an id made from its name.',
    ],
  ],
  [
    'a name with spaces',
    agentYaml('my agent'),
    [
      'warning 3 name: The name has characters that some clients cannot put into an address. Use letters, digits, `_` and `-`; other words can go into `display_name`.',
    ],
  ],
  [
    'a long welcome',
    agentYaml('a', 'welcome_content:', `  welcome_message: ${'x'.repeat(151)}`),
    [
      'warning 6 welcome_content.welcome_message: The welcome message has 151 characters; chats show 150. Shorten it, or move the rest to `description`.',
    ],
  ],
  [
    'an id of a prompt twice',
    agentYaml(
      'a',
      'starter_prompts:',
      '  prompts:',
      '    - { id: "1", title: a, prompt: a }',
      '    - { id: 1, title: b, prompt: b }',
    ),
    ['warning 8 starter_prompts.prompts[1].id: Another prompt has the id `1` too. Give each prompt an id of its own.'],
  ],
  [
    'a name twice',
    agentYaml('a', 'context_variables: [x, x]'),
    ['warning 5 context_variables[1]: `x` stands in the list twice. Remove one of the two.'],
  ],
  [
    'a reserved name',
    agentYaml('a', 'context_variables: [wxo_username]'),
    [
      'warning 5 context_variables[0]: Names that begin with `wxo_` are for the server, and it does not fill this one. Did you mean `wxo_user_name`?',
    ],
  ],
  [
    'an undeclared system variable',
    agentYaml('a', 'instructions: Greet {wxo_user_name}.'),
    [
      'warning 5 instructions: `{wxo_user_name}` is used but not declared, so it stays as it is. Add `wxo_user_name` to `context_variables`.',
    ],
  ],
  [
    'a misspelt variable',
    agentYaml('a', 'context_variables: [clientID]', 'instructions: Client {client_id}.'),
    ['warning 6 instructions: `{client_id}` is no declared context variable. Did you mean `{clientID}`?'],
  ],
  [
    'variables it may not see',
    agentYaml('a', 'context_variables: [x]', 'context_access_enabled: false'),
    [
      'warning 6 context_access_enabled: The agent declares context variables but may not see them. Set it to true, or remove `context_variables`.',
    ],
  ],
  [
    'a field without effect',
    agentYaml('a', 'collaborators: [a2]'),
    [
      'warning 5 collaborators: The model clew/guide calls no other agents. Choose a model that does, or remove the field.',
      'warning 5 collaborators[0]: There is no working agent `a2`. Make a file for it in `agents/`, or remove the name.',
    ],
  ],
  [
    'a tool and a toolkit that do not exist',
    agentYaml('a', 'tools: [get_weather]', 'toolkits: [mail]'),
    [
      'warning 5 tools: The model clew/guide calls no tools. Choose a model that does, or remove the field.',
      'warning 5 tools[0]: There is no working tool `get_weather`. Make a file for it in `tools/`, or remove the name.',
      'warning 6 toolkits: The model clew/guide calls no tools. Choose a model that does, or remove the field.',
      'warning 6 toolkits[0]: There is no working toolkit `mail`. Make a file for it in `toolkits/`, or remove the name.',
    ],
  ],
  [
    'a tool of a guideline that does not exist',
    agentYaml('a', 'llm: openai/x', 'collaborators: [b]', 'guidelines:', '  - { condition: c, action: d, tool: calm }'),
    expect.arrayContaining([
      'warning 8 guidelines[0].tool: There is no working tool `calm`, so that the model is told to use what it does not have. Make a file for it in `tools/`, or remove the name.',
    ]) as never,
  ],
  [
    'a number of the model that is none',
    agentYaml(
      'a',
      'llm: openai/x',
      'llm_config: { temperature: hot, structured: 1 }',
      'structured_output: { type: object }',
    ),
    expect.arrayContaining([
      'warning 6 llm_config.temperature: The value is no number and is passed over. Write a number: `temperature: 1`.',
    ]) as never,
  ],
  [
    'a style that Clew does not have',
    agentYaml('a', 'style: custom'),
    [
      'warning 5 style: Clew has no style custom: the agent works in the style default. Set `style: default`, `react` or `planner`.',
    ],
  ],
  [
    'an unknown model',
    agentYaml('a', 'llm: clew/giude'),
    ['warning 5 llm: There is no model `clew/giude`, so that runs of this agent fail. Did you mean `clew/guide`?'],
  ],
  [
    'a model of somebody else',
    agentYaml('a', 'llm: groq/openai/gpt-oss-120b'),
    [
      'warning 5 llm: There is no model `groq/openai/gpt-oss-120b`, so that runs of this agent fail. Use one of clew/guide, clew/echo, clew/script.',
    ],
  ],
  [
    'a missing knowledge base',
    agentYaml('a', 'knowledge_base:', '  - docs'),
    [
      'warning 6 knowledge_base[0]: There is no working knowledge base `docs`. Make a file for it in `knowledge_bases/`, or remove the name.',
    ],
  ],
];
test.each(doubted)('%s is said and the agent works', async (_, yaml, said) => {
  expect(await about(yaml)).toEqual({ works: true, said });
});
