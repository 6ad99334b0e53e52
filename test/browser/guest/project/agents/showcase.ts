import type { AgentMetadata, AgentOutput, CodeTurn, JsonObject, Part } from 'clew';

export const agent: AgentMetadata = {
  name: 'showcase',
  display_name: 'Showcase',
  description: 'Shows the kind of content that it is asked for.',
  welcome_content: { welcome_message: 'What shall it be?', description: 'Name a kind of content.' },
  starter_prompts: { prompts: [{ id: '1', title: 'Code', prompt: 'code' }] },
};

const FACT = 'A clew is a ball of thread.';
const OTHER = 'https://media.example';

const item = (kind: string, value: JsonObject): Part => ({ type: 'item', kind, value });

const SHOWN: Readonly<Record<string, readonly (string | Part)[]>> = {
  code: ['```js\nconst thread = ["red", 7];\n```\n\n```css\na { color: red }\n```\n'],
  table: [
    '| Name | Age |\n|------|----:|\n| Ana  | 41 |\n\n- [x] done\n\n> quoted, with [a link](https://example.org)\n',
  ],
  citations: [
    `${FACT} It leads out of the labyrinth.`,
    { type: 'citation', start: 0, end: FACT.length, url: `${OTHER}/clew`, title: 'clew', description: 'A ball.' },
  ],
  form: [
    item('forms', {
      json_schema: {
        type: 'object',
        title: 'About you',
        required: ['name'],
        properties: {
          name: { type: 'string', title: 'Name' },
          age: { type: 'integer', title: 'Age' },
          born: { type: 'string', format: 'date', title: 'Born' },
        },
      },
      ui_schema: { born: { 'ui:widget': 'DateWidget' } },
    }),
  ],
  rich: [
    item('card', {
      body: [
        { response_type: 'image', source: `${OTHER}/a.png`, title: 'A lake' },
        { response_type: 'text', text: '**Lake**' },
      ],
      footer: [{ response_type: 'button', label: 'More', button_type: 'post_back' }],
    }),
    item('carousel', {
      items: [
        { response_type: 'video', source: `${OTHER}/v.mp4` },
        { response_type: 'audio', source: `${OTHER}/a.mp3` },
      ],
    }),
    item('grid', {
      columns: [{ width: '1' }, { width: '80px' }],
      rows: [
        {
          cells: [
            { items: [{ response_type: 'text', text: 'left' }] },
            { items: [{ response_type: 'text', text: 'right' }] },
          ],
        },
      ],
    }),
    item('iframe', { source: `${OTHER}/map`, title: 'Map', dimensions: { base_height: 300 } }),
    item('date', { title: 'When?' }),
    item('option', { title: 'Which?', options: [{ label: 'One', value: { input: { text: 'one' } } }] }),
  ],
};

export default async function* showcase(turn: CodeTurn): AgentOutput {
  await turn.step({ name: 'look_it_up', title: 'Looking it up', input: { words: turn.text } }, () => ({ found: 2 }));
  for (const piece of SHOWN[turn.text] ?? [turn.text]) yield piece;
}
