import { agentFile, folderOf } from './project.ts';

/** Agents in code, each of which does one thing that a terminal has to show. */
const CODE: Readonly<Record<string, string>> = {
  asker: `export default async function* (turn) {
    const answer = await turn.ask('What is your **name**?');
    yield 'Hello ' + answer.parts[0].text + '.';
  }`,
  citer: `export default async function* (turn) {
    await turn.step({ kind: 'search', name: 'search', title: 'Looking around', input: { query: turn.text } }, () => 'found');
    yield 'It is **here**.';
    yield { type: 'citation', start: 0, end: 5, title: 'A page', url: 'https://example.com/page' };
    yield { type: 'citation', title: 'A file', source: 'knowledge/file.md#part' };
  }`,
  chooser: `export default async function* (turn) {
    if (turn.text !== 'the second') {
      const options = [{ label: 'One', value: { input: { text: 'the first' } } }, { label: 'Two', value: { input: { text: 'the second' } } }];
      yield { type: 'item', kind: 'option', value: { title: 'Which?', options } };
      return;
    }
    yield 'You took the second.';
  }`,
  context: `export const agent = { name: 'context', description: 'Tells.', context_access_enabled: true, context_variables: ['clientID'] };
  export default (turn) => JSON.stringify(turn.context);`,
  failer: `export default (turn) => turn.fail('invalid_input', 'Not like this.');`,
  waiter: `export default async function* (turn) { yield 'Begun '; await turn.flush?.(); await turn.sleep(3600000); }`,
};

/** A folder with a project of all of them and of `echo`. */
export function projectOfAgents(): string {
  const files = Object.entries(CODE).map(([name, code]) => {
    const head = code.includes('export const agent')
      ? ''
      : `export const agent = { name: '${name}', description: 'The agent ${name}.' };\n`;
    return [`agents/${name}.js`, head + code];
  });
  return folderOf({
    ...Object.fromEntries(files),
    'agents/echo.yaml': agentFile('echo'),
    'clew.config.yaml': 'defaultAgent: echo\n',
  });
}
