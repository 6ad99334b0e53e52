import { createClient, newUuid } from '@clew/wire/client';
import { Conversation } from '../conversation/conversation.ts';
import type { State } from '../conversation/state.ts';
import { byId, el } from '../dom/element.ts';
import { textOf } from '../transcript/answer.ts';
import { TranscriptView } from '../transcript/view.ts';
import { Composer } from './composer.ts';
import { addressOf, readPlace } from './place.ts';
import { Follower } from './scroll.ts';
import { welcome } from './welcome.ts';

const conversation = new Conversation({ client: createClient({ baseUrl: '' }), newId: newUuid, onChange: changed });
const transcript = new TranscriptView(byId('transcript'), (reply) => conversation.retry(reply));
const composer = new Composer({ onSend: send, onStop: () => conversation.stop() });
const follower = new Follower();
const picker = byId<HTMLSelectElement>('agent');
const greeting = byId('welcome');
const status = byId('status');

let shown: State | undefined;
let waiting = false;
let telling: ReturnType<typeof setTimeout> | undefined;

picker.addEventListener('change', () => go({ agent: picker.value, threadId: undefined }));
byId('new').addEventListener('click', () => go({ agent: conversation.state.agent?.name, threadId: undefined }));
window.addEventListener('popstate', () => {
  void conversation.open(readPlace());
});
void conversation.open(readPlace());

function go(place: Parameters<typeof addressOf>[0]): void {
  history.pushState(null, '', addressOf(place));
  void conversation.open(place);
  composer.focus();
}

function send(text: string): void {
  conversation.send(text);
  follower.begin();
}

/** Frames come faster than a screen can show them: one drawing for all that came since the last. */
function changed(): void {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    draw(conversation.state);
  });
}

function draw(state: State): void {
  const before = shown;
  shown = state;
  if (state.agents !== before?.agents || state.agent !== before?.agent) drawPicker(state);
  const greets = state.entries.length === 0 && !state.loading;
  greeting.hidden = !greets;
  if (greets && (state.welcome !== before?.welcome || state.trouble !== before?.trouble || before?.loading)) {
    greeting.replaceChildren(...welcome(state, { ask: send, again: () => void conversation.reopen() }));
  }
  transcript.update(state.entries);
  composer.update({
    busy: state.busy,
    usable: state.agent !== undefined && !state.loading && state.trouble === undefined,
    placeholder: state.agent ? `Message ${state.agent.display_name}` : 'Write a message',
  });
  if (state.threadId !== before?.threadId && state.threadId !== readPlace().threadId && state.entries.length > 0) {
    history.replaceState(null, '', addressOf({ ...readPlace(), threadId: state.threadId }));
  }
  announce(state, before);
  if (before?.loading && !state.loading) {
    follower.begin();
    composer.focus();
  } else follower.keep();
}

function drawPicker({ agents, agent }: State): void {
  picker.replaceChildren(...agents.map(({ name, display_name: label }) => el('option', { value: name }, label)));
  if (agent) picker.value = agent.name;
  picker.disabled = agents.length < 2;
  document.title = agent ? `${agent.display_name} · Clew` : 'Clew';
}

/** Tells those who listen that an answer begins, and reads it when it is complete. */
function announce(state: State, before: State | undefined): void {
  if (state.busy === (before?.busy ?? false)) return;
  const last = state.entries.at(-1);
  if (state.busy) tell('The answer is coming.');
  else if (last?.kind === 'reply') tell(last.answer.problem ?? textOf(last.answer));
}

/** Gone again soon: whoever reads the page line by line would meet the answer twice. */
function tell(text: string): void {
  clearTimeout(telling);
  status.textContent = text;
  telling = setTimeout(() => {
    status.textContent = '';
  }, 5_000);
}
