/** The page `/chat`: the chat alone, with the agent (`?agent=`) and the thread (after `#`, or `?thread=`) in its address. */
import { type Agent, createClient } from '@clew/wire/client';
import type { ChatInstance } from '../api/clew.d.ts';
import { createChat } from '../api/main.ts';
import { byId } from './page.ts';
import { addressOf, type Place, readPlace } from './place.ts';

let agents: readonly Agent[] = [];
let chat: ChatInstance | undefined;
/** What the chat shows; the address follows it. */
let shown: Place = { agent: undefined, threadId: undefined };

window.addEventListener('popstate', () => void show());
window.addEventListener('hashchange', () => void show());
await show();

/** Shows what the address names. */
async function show(): Promise<void> {
  const place = readPlace();
  if (chat && place.agent === shown.agent) {
    if (place.threadId === shown.threadId) return;
    shown = place;
    await chat.loadThreadById(place.threadId);
    return;
  }
  shown = place;
  const agent = await readAgents(place);
  chat?.destroy();
  chat = await createChat({
    host: location.origin,
    ...(agent ? { agent } : {}),
    layout: { form: 'custom', element: byId('chat') },
    ...(place.threadId ? { thread: place.threadId } : {}),
    rememberThread: false,
    onLoad: follow,
  });
  (byId('chat').lastElementChild as HTMLElement | null)?.focus();
}

/** Offers the agents; gives back the one to talk to. The chat itself says what is wrong when they cannot be read. */
async function readAgents({ agent, threadId }: Place): Promise<string | undefined> {
  const client = createClient({ baseUrl: '' });
  try {
    const [all, thread] = await Promise.all([
      client.agents({ includeHidden: true }),
      threadId === undefined ? undefined : client.thread(threadId).catch(() => undefined),
    ]);
    const wanted = thread?.agent_id ?? agent ?? (await client.starterSettings()).id;
    const isWanted = ({ id, name }: Agent) => id === wanted || name === wanted;
    agents = all.filter((one) => !one.hidden || isWanted(one));
    // The chat says so itself when there is no agent of the name in the address.
    const chosen = agents.find(isWanted) ?? (agent === undefined ? agents[0] : undefined);
    document.title = `${chosen?.display_name ?? 'Chat'} · Clew`;
    return chosen?.name ?? agent;
  } catch {
    return agent;
  }
}

/** Talks to another agent, anew. */
function choose(agent: string): void {
  history.pushState(null, '', addressOf({ agent, threadId: undefined }));
  void show();
}

/** Offers the other agents in the chat's header, and keeps the address at the thread that is shown. */
function follow(instance: ChatInstance): void {
  const items = agents.map(({ id, name, display_name: text }) => ({ id, text, onClick: () => choose(name) }));
  if (items.length > 1) instance.updateCustomHeaderItems([{ id: 'agents', text: 'Agents', type: 'dropdown', items }]);
  const goTo = (threadId: string | undefined, push: boolean) => {
    if (threadId === shown.threadId) return;
    shown = { ...shown, threadId };
    history[push ? 'pushState' : 'replaceState'](null, '', addressOf(shown));
  };
  instance.on('send', ({ message }) => goTo(message.thread_id, false));
  instance.on('restartConversation', () => goTo(undefined, true));
  instance.on('pre:threadLoaded', ({ messages }) => {
    const threadId = messages[0]?.thread_id;
    if (typeof threadId === 'string') goTo(threadId, true);
  });
}
