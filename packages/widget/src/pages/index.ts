/** The demo page at `/`: a site of somebody's with the chat on it, in each of its layouts. */
import { type Agent, createClient } from '@clew/wire/client';
import type { ChatInstance } from '../api/clew.d.ts';
import { createChat } from '../api/main.ts';
import type { LayoutForm } from '../config/options.ts';
import { byId, copyOnClick, fillChooser } from './page.ts';
import { writeSnippet } from './snippet/write.ts';

const PRIMARY = '#1f6b4f';
const FORMS: readonly LayoutForm[] = ['float', 'custom', 'fullscreen-overlay'];

const chooser = byId<HTMLSelectElement>('agent');
const tabs = [...document.querySelectorAll<HTMLButtonElement>('[data-form]')];
const address = new URLSearchParams(location.search);
let form = FORMS.find((one) => one === address.get('layout')) ?? 'float';
let agents: readonly Agent[] = [];
let chat: Promise<ChatInstance> | undefined;

for (const tab of tabs)
  tab.addEventListener('click', () => {
    form = tab.dataset.form as LayoutForm;
    void show(true);
  });
chooser.addEventListener('change', () => void show(false));
byId('ask').addEventListener('click', () => void chat?.then((instance) => instance.changeView('mainWindow')));
copyOnClick(byId('copy'), () => byId('snippet').textContent ?? '');

try {
  const client = createClient({ baseUrl: '' });
  agents = (await client.agents()).filter(({ hidden }) => !hidden);
  const wanted = address.get('agent') ?? (await client.starterSettings()).id;
  fillChooser(chooser, agents, wanted);
  if (agents.length === 0) complain('There is no agent here yet. `clew agents check` says what is missing.');
  else await show(false);
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
}

/** Puts the chat on the page as it is chosen now; `chosen`: a click asked for it, so it is opened at once. */
async function show(chosen: boolean): Promise<void> {
  const agent = agents.find(({ name }) => name === chooser.value);
  if (!agent) return;
  for (const tab of tabs) tab.ariaPressed = String(tab.dataset.form === form);
  byId('inpage').hidden = form !== 'custom';
  byId('snippet').textContent = writeSnippet({
    hostUrl: location.origin,
    orchestrationId: agent.tenant_id,
    agentId: agent.id,
    form,
    primaryColor: PRIMARY,
  });
  history.replaceState(null, '', `?${new URLSearchParams({ layout: form, agent: agent.name })}`);
  const before = chat;
  const next = (async () => {
    (await before)?.destroy();
    return createChat({
      host: location.origin,
      agent: agent.id,
      layout: { form, element: byId('box') },
      header: { showMaximize: form === 'float' && window.innerWidth > 600 },
      style: { primaryColor: PRIMARY },
    });
  })();
  chat = next;
  const instance = await next;
  if (chosen && form === 'fullscreen-overlay') await instance.changeView('mainWindow');
  if (chosen && form === 'custom') byId('inpage').scrollIntoView({ block: 'center' });
}

function complain(text: string): void {
  const line = byId('trouble');
  line.textContent = text;
  line.hidden = false;
}
