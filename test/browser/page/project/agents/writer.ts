import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'writer',
  display_name: 'Writer',
  description: 'Answers with everything that Markdown has, and with sources.',
  welcome_content: { welcome_message: 'Ask for **anything**.', description: 'I write it down.' },
  starter_prompts: {
    prompts: [
      { id: '1', title: 'A text', subtitle: 'With sources', prompt: 'Write a text' },
      { id: '2', title: 'Another', prompt: 'Write another' },
    ],
  },
};

const MARKDOWN = `## A heading

The first fact. The second fact, with \`code\` & an &amp;.

| Name | Age |
|------|----:|
| Ana  |  41 |

- [x] done
- open

\`\`\`html
<script>alert('code')</script>
\`\`\`

[safe](https://example.org/a) and [unsafe](javascript:alert(1)) and <img src=x onerror="document.title='hacked'"> ![picture](https://example.org/p.png)
`;

export default async function* writer(turn: CodeTurn): AgentOutput {
  await turn.step({ name: 'look_it_up', title: 'Looking it up', input: { words: turn.text } }, () => ({ found: 2 }));
  yield MARKDOWN;
  const [first, second] = ['The first fact.', 'The second fact, with `code` & an &amp;.'].map((fact) => {
    const start = MARKDOWN.indexOf(fact);
    return { type: 'citation' as const, start, end: start + fact.length };
  });
  yield { ...first!, title: 'A page', url: 'https://example.org/facts', description: 'The first fact stands here.' };
  yield { ...second!, title: 'A file', source: 'knowledge/facts.md#second', description: 'And here the second.' };
}
