/** The page `/embed-check`: says what is wrong with an embedding. */
import { ask } from './check/ask.ts';
import { type Line, readSnippet, type Target } from './check/findings.ts';
import { byId } from './page.ts';
import { parseSnippet } from './snippet/parse.ts';

const SIGNS = { ok: '✓', note: '!', fault: '✕' };
const SAID = { ok: 'Fine: ', note: 'Note: ', fault: 'Wrong: ' };
const form = byId<HTMLFormElement>('form');
const snippet = byId<HTMLTextAreaElement>('snippet');
const token = byId<HTMLInputElement>('token');

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run(snippet.value.trim());
});
showPolicy(location.origin);
const given = new URLSearchParams(location.search);
if (given.has('host') || given.has('agent')) {
  snippet.value = location.href;
  void run(location.href);
}

async function run(text: string): Promise<void> {
  byId('results').hidden = false;
  byId('verdict').textContent = 'Checking …';
  byId('list').replaceChildren();
  const faults: Line[] = [];
  const say = (line: Line) => {
    byId('list').append(drawLine(line));
    if (line.kind === 'fault') faults.push(line);
  };
  const target = read(text, say);
  if (target) {
    showPolicy(new URL(target.host).origin);
    for await (const line of ask({ ...target, token: token.value.trim() || target.token })) say(line);
  }
  byId('verdict').textContent =
    faults.length === 0
      ? 'It should work.'
      : faults.length === 1
        ? 'One thing is wrong.'
        : `${faults.length} things are wrong.`;
}

/** What is to be asked; undefined when it cannot be read. */
function read(text: string, say: (line: Line) => void): Target | undefined {
  if (URL.canParse(text)) {
    const query = new URL(text).searchParams;
    const host = query.get('host') ?? location.origin;
    if (URL.canParse(host))
      return {
        host: host.replace(/\/+$/, ''),
        agent: query.get('agent') ?? '',
        token: query.get('token') ?? undefined,
      };
    say({ kind: 'fault', text: `"${host}" is no address.`, hint: 'Write it with https:// in front.' });
    return undefined;
  }
  try {
    const { lines, target } = readSnippet(parseSnippet(text));
    for (const line of lines) say(line);
    return target;
  } catch (error) {
    say({
      kind: 'fault',
      text: error instanceof Error ? error.message : String(error),
      hint: 'A browser would not run it.',
    });
    return undefined;
  }
}

function drawLine({ kind, text, hint }: Line): HTMLElement {
  const line = document.createElement('li');
  line.className = kind;
  const sign = document.createElement('span');
  sign.className = 'sign';
  sign.ariaHidden = 'true';
  sign.textContent = SIGNS[kind];
  const words = document.createElement('div');
  const said = document.createElement('p');
  const unseen = document.createElement('span');
  unseen.className = 'unseen';
  unseen.textContent = SAID[kind];
  said.append(unseen, text);
  words.append(said);
  if (hint) {
    const advice = document.createElement('p');
    advice.className = 'hint';
    advice.textContent = hint;
    words.append(advice);
  }
  line.append(sign, words);
  return line;
}

function showPolicy(origin: string): void {
  byId('example').textContent = origin;
  byId('policy').textContent = `script-src ${origin}\nconnect-src ${origin}`;
}
