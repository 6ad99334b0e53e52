import { readdir, readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { Runtime } from '../../src/ports/index.ts';
import { createGuideRuntime, syncKnowledge } from '../../src/runtimes/index.ts';
import { createKnowledgeIndex } from '../../src/storage/sqlite/knowledge.ts';
import { agentOf, attempt, turnOf } from './recorder.ts';

/** The documents of the project that `clew init` makes: Clew's own manual. */
const FOLDER = fileURLToPath(new URL('../../../../examples/starter/knowledge/', import.meta.url));

let guide: Runtime;

beforeAll(async () => {
  const index = createKnowledgeIndex(new DatabaseSync(':memory:'));
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.md'));
  const documents = names.map((name) => ({ path: `knowledge/${name}`, file: `${FOLDER}${name}`, url: null }));
  await syncKnowledge({ index, knowledgeBases: [{ name: 'clew_docs', documents }], readFile });
  guide = createGuideRuntime({ index });
});

async function ask(question: string) {
  const agent = agentOf({ knowledgeBases: ['clew_docs'] });
  const { messages, text } = await attempt(guide, turnOf(question, { agent }));
  const citation = messages[0]?.find((part) => part.type === 'citation');
  return { text: text(), source: citation?.source?.split('#')[0] };
}

// What newcomers ask, in the words that they use, and the documents that may answer. The first citation counts.
test.each([
  ['How do I embed the chat?', ['embed']],
  ['How can I put the chatbot on my website?', ['embed']],
  ['add the chat to my web page', ['embed']],
  ['How do I install it?', ['start']],
  ['How do I change the port?', ['start', 'configuration']],
  ['the port is already taken', ['troubleshooting']],
  ['Do I need an API key?', ['about']],
  ['What is Clew?', ['about']],
  ['How do I write an agent?', ['agents']],
  ['can i write agents in typescript', ['agents']],
  ['How do I add my own documents?', ['knowledge-bases']],
  ['does it read PDFs', ['knowledge-bases']],
  ['What happens when the connection drops?', ['durability']],
  ['what if the server crashed?', ['durability']],
  ['where is my data stored', ['durability']],
  ['How do I cancel a run?', ['api']],
  ['is there a command line?', ['command-line']],
  ['How do I pass context variables to an agent?', ['context-variables']],
  ['Is it compatible with watsonx Orchestrate?', ['about']],
  ['which node version is required', ['about', 'troubleshooting']],
])('%s', async (question, expected) => {
  const { text, source } = await ask(question);
  expect(
    expected.map((name) => `knowledge/${name}.md`),
    text,
  ).toContain(source);
});

test('the first question of all gets the script', async () => {
  const { text } = await ask('How do I embed the chat?');
  expect(text).toMatch(/```html\n[\s\S]*wxOConfiguration[\s\S]*wxoLoader[\s\S]*\n```/);
});

test.each(['What is the weather in Paris?', 'Who won the world cup?', 'How do I bake bread?', 'Tell me a joke'])(
  'it does not pretend to know: %s',
  async (question) => {
    const { text, source } = await ask(question);
    expect(source).toBeUndefined();
    expect(text).toMatch(/^I found nothing /);
  },
);
