import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'writer',
  display_name: 'Writer',
  description: 'Answers with all that an answer can have: steps, sources, code, a table, and a choice.',
  welcome_content: { welcome_message: 'Ask for **anything**.', description: 'I write it down.' },
  starter_prompts: {
    prompts: [
      { id: '1', title: 'A text', subtitle: 'With sources', prompt: 'Write a text' },
      { id: '2', title: 'Another', prompt: 'Write another' },
    ],
  },
};

const FACTS = ['High water is at 14:20.', 'The basin has a sill, which is dry at low water.'];

const MARKDOWN = `## Tides

${FACTS.join(' ')}

| Day | High water |
|-----|-----------:|
| Mon |      14:20 |
| Tue |      15:05 |

- Look at **the board** at the gate
- Or ask [the office](https://example.org/office)

\`\`\`js
// Metres above the sill.
const depth = (height) => height - 2.4;
\`\`\`

> Ropes are \`yours\` to bring.
`;

export default async function* writer(turn: CodeTurn): AgentOutput {
  await turn.step({ name: 'read_tides', title: 'Reading the tides', input: { day: 'Mon' } }, () => ({ high: '14:20' }));
  await turn.step({ name: 'read_harbour', title: 'Reading about the harbour' }, () => ({ found: 2 }));
  yield MARKDOWN;
  const [tides, harbour] = FACTS.map((fact) => {
    const start = MARKDOWN.indexOf(fact);
    return { type: 'citation' as const, start, end: start + fact.length };
  });
  yield { ...tides!, title: 'Tides of the year', url: 'https://example.org/tides', description: FACTS[0]! };
  yield { ...harbour!, title: 'Harbour', source: 'knowledge/harbour.md#sill', description: FACTS[1]! };
  const options = ['Berths', 'Fees', 'Nothing'].map((label) => ({ label, value: { input: { text: label } } }));
  yield { type: 'item', kind: 'option', value: { title: 'What else?', options } };
}
