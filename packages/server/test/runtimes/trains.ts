import { DatabaseSync } from 'node:sqlite';
import type { Message } from '../../src/model/index.ts';
import type { KnowledgeIndex } from '../../src/ports/index.ts';
import { createGuideRuntime, syncKnowledge } from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';
import { agentOf, attempt, message, type RecorderOptions, type TurnOptions, turnOf } from './recorder.ts';

const FILES: Readonly<Record<string, string>> = {
  'docs/trains.md': `# Trains

## Which trains run at night?

The night train leaves at 23:10 from track 5. \u{1D6D1} It has a sleeping car; see [fares](fares.md#night-trains).

## How do I take a bicycle on a train?

Buy a bicycle ticket at the machine:

\`\`\`text
Tickets > Extras > Bicycle
\`\`\`

Bicycles travel in the last coach.

## Delays

A delay of an hour gives back a quarter of the price, one of two hours a half.
`,
  'docs/fares.md': `# Fares

## Children

Children under six travel free. Children from six to fourteen pay half the price.

## Night trains

A bed in the sleeping car costs 40, a seat 15.

## Discount cards

| card | price | discount |
|---|---|---|
| Bronze | 50 | 25 % |
| Silver | 100 | 33 % |
| Gold | 200 | 50 % |
`,
  'docs/dogs.md':
    '# Dogs\n\nSmall dogs travel in a bag without a ticket. Large dogs wear a muzzle and pay half the price.\n',
};

/** The agent that knows these documents. */
export const agent = agentOf({
  name: 'train_guide',
  displayName: 'Train guide',
  description: 'Knows the trains of {country}',
  knowledgeBases: ['trains'],
});

const index = createKnowledgeIndex(new DatabaseSync(':memory:'));
await fill(index, FILES);
const guide = createGuideRuntime({ index });

async function fill(target: KnowledgeIndex, files: Readonly<Record<string, string>>): Promise<void> {
  const documents = Object.keys(files).map((path) => ({
    path,
    file: path,
    url: path.endsWith('dogs.md') ? null : `https://example.com/${path.replace('.md', '')}`,
  }));
  await syncKnowledge({
    index: target,
    knowledgeBases: [{ name: 'trains', documents }],
    readFile: async (file) => Buffer.from(files[file]!),
  });
}

/** One attempt of the guide at a message. */
export function ask(text: string, options: TurnOptions & RecorderOptions = {}) {
  return attempt(guide, turnOf(text, { agent, ...options }), options);
}

/** A conversation so far: the person's messages, each with the guide's answer. */
export async function talked(...texts: string[]): Promise<Message[]> {
  const history: Message[] = [];
  for (const text of texts) {
    const { messages } = await ask(text, { history });
    history.push(message('user', text), message('assistant', messages[0]!));
  }
  return history;
}
