import { expect, test } from 'vitest';
import { aboutAgent as about } from './about-agent.ts';
import { agentYaml } from './folder.ts';

const refused: [name: string, yaml: string | Uint8Array, said: string[]][] = [
  [
    'an empty file',
    '# nothing\n',
    ['error 1 : The file is empty. Write fields such as `spec_version: v1`, or delete the file.'],
  ],
  [
    'a list',
    '- a\n',
    [
      'error 1 : The file must hold fields, each as `name: value`. Write fields such as `spec_version: v1`, or delete the file.',
    ],
  ],
  ['not UTF-8', new Uint8Array([0x61, 0xff]), ['error 1 : The file is not text in UTF-8. Save it again as UTF-8.']],
  ['a key twice', agentYaml('a', 'name: b'), ['error 5 : Map keys must be unique. Keep one of the two.']],
  [
    'two documents',
    `${agentYaml('a')}---\n${agentYaml('b')}`,
    ['error 6 : The file holds more than one document. Make a file of its own for each part between `---` lines.'],
  ],
  [
    'an unknown tag',
    agentYaml('a', 'llm: !secret x'),
    ['error 5 : Unresolved tag: !secret. Remove the word that begins with `!`.'],
  ],
  [
    'an alias of nothing',
    agentYaml('a', 'welcome: *hello*'),
    ['error 5 : `*hello*` is an alias of nothing above it. Put a text that begins with `*` into quotes.'],
  ],
  [
    'a quote that stays open',
    agentYaml('a', 'welcome: "hello'),
    [
      'error 6 : A quote " that was opened above is not closed. Check the indentation, the colons and the quotes near this line; a text that contains `: ` or `#` needs quotes.',
    ],
  ],
  [
    'nothing that it needs',
    'kind: native\n',
    [
      'error 1 spec_version: `spec_version` is missing. Write, for example, `spec_version: v1`.',
      'error 1 name: `name` is missing. Write, for example, `name: travel_guide`.',
      'error 1 description: `description` is missing. Write, for example, `description: Answers questions about travelling.`.',
    ],
  ],
  [
    'another version',
    agentYaml('a').replace('v1', 'v2'),
    ['error 1 spec_version: `spec_version` must be v1, not `v2`. Did you mean `v1`?'],
  ],
  [
    'an unknown kind',
    agentYaml('a').replace('native', 'natve'),
    ['error 2 kind: `kind` must be native, not `natve`. Did you mean `native`?'],
  ],
  [
    'a knowledge base among the agents',
    'kind: knowledge_base\nname: a\n',
    ['error 1 kind: This is a knowledge base, not an agent. Move the file to `knowledge_bases/`.'],
  ],
  [
    'a blank text',
    agentYaml('a', 'display_name: "  "'),
    ['error 5 display_name: `display_name` must not be empty. Write, for example, `display_name: Travel guide`.'],
  ],
  [
    'a number for a text',
    agentYaml('1'),
    ['error 3 name: `name` must be a text. Write, for example, `name: travel_guide`.'],
  ],
  [
    'a word for yes or no',
    agentYaml('a', 'hidden: yes'),
    ['error 5 hidden: `hidden` must be true or false. Write, for example, `hidden: true`.'],
  ],
  [
    'a text for a list',
    agentYaml('a', 'context_variables: clientID'),
    [
      'error 5 context_variables: `context_variables` must be a list. Write, for example, `context_variables: [clientID]`.',
    ],
  ],
  [
    'a blank item',
    agentYaml('a', 'context_variables:', '  - clientID', '  - ""'),
    [
      'error 7 context_variables[1]: `context_variables[1]` must not be empty. Write, for example, `context_variables: [clientID]`.',
    ],
  ],
  [
    'a misspelt word',
    agentYaml('a', 'style: planer'),
    [
      'error 5 style: `style` must be default, react, planner, custom, experimental_customer_care or react_intrinsic, not `planer`. Did you mean `planner`?',
    ],
  ],
  [
    'a prompt without text',
    agentYaml('a', 'starter_prompts:', '  prompts:', '    - title: Oslo'),
    [
      'error 7 starter_prompts.prompts[0].prompt: `starter_prompts.prompts[0].prompt` is missing. Write, for example, `starter_prompts: { prompts: [{ id: "1", title: Trains, prompt: Is there a train to Oslo? }] }`.',
    ],
  ],
  [
    'a state that is none',
    agentYaml('a', 'starter_prompts: { prompts: [{ title: a, prompt: b, state: on }] }'),
    [
      'error 5 starter_prompts.prompts[0].state: `starter_prompts.prompts[0].state` must be active or inactive, not `on`. Write, for example, `starter_prompts: { prompts: [{ id: "1", title: Trains, prompt: Is there a train to Oslo? }] }`.',
    ],
  ],
  [
    'itself as collaborator',
    agentYaml('a', 'collaborators:', '  - a'),
    [
      'error 6 collaborators[0]: The agent is among its own collaborators. Remove `a` from the list.',
      'warning 5 collaborators: The model clew/guide calls no other agents. Choose a model that does, or remove the field.',
    ],
  ],
  [
    'tools in customer care',
    agentYaml(
      'a',
      'style: experimental_customer_care',
      'knowledge_base: [k]',
      'welcome_content: { welcome_message: Hi }',
      'chat_with_docs: { enabled: true }',
    ),
    [
      'error 6 knowledge_base: An agent of style experimental_customer_care cannot have `knowledge_base`. Remove the field or choose another style.',
      'error 7 welcome_content: An agent of style experimental_customer_care cannot have `welcome_content`. Remove the field or choose another style.',
      'error 8 chat_with_docs.enabled: An agent of style experimental_customer_care cannot chat with documents. Remove the field or choose another style.',
      'warning 5 style: Clew has no style experimental_customer_care: the agent works in the style default. Set `style: default`, `react` or `planner`.',
    ],
  ],
  [
    'a script without turns',
    agentYaml('a', 'llm: clew/script', 'script: []'),
    ['error 6 script: A script has at least one turn. Write, for example, `script: [{ say: Hello }]`.'],
  ],
  [
    'a script with a mistake',
    agentYaml('a', 'llm: clew/script', 'script:', '  - say: Hello', '  - say: 7'),
    ['error 8 script[1].say: Write a text, or a list of texts. Write, for example, `script: [{ say: Hello }]`.'],
  ],
];
test.each(refused)('%s is left out', async (_, yaml, said) => {
  const found = await about(yaml);
  expect(found.works).toBe(false);
  expect([...found.said].sort()).toEqual([...said].sort());
});

test('agents of other kinds are left out with a warning', async () => {
  const file = (kind: string) =>
    `spec_version: v1\nkind: ${kind}\nname: a\nprovider: wx.ai\napi_url: https://a.example\n`;
  expect(await about(file('assistant'))).toEqual({
    works: false,
    said: [
      'warning 2 kind: Agents of kind assistant are not supported yet; this file is left out. Use a native agent or a code agent in its place.',
    ],
  });
  expect(await about(file('external'))).toEqual({
    works: false,
    said: [
      'warning 4 provider: External agents are supported with the providers `acp`, `external_chat` and `external_chat/A2A/0.3.0`; this file is left out. If its server speaks one of these, name that one; else use a native agent or a code agent in its place.',
    ],
  });
});

test('aliases that grow without bound and deep nesting are findings, not crashes', async () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`),
  ];
  for (const yaml of [bomb.join('\n'), `custom: ${'['.repeat(100_000)}`]) {
    const { works, said } = await about(yaml);
    expect(works).toBe(false);
    expect(said[0]).toMatch(/^error \d+ : /);
  }
});
