import { setTimeout as wait } from 'node:timers/promises';
import type { Seen, Sight } from '../page/sight.ts';
import { sightOf } from '../page/sight.ts';
import { openTab, type Tab } from './devtools.ts';
import { FUNCTION, OPEN_CHAT, READ_PAGE, type ReadChat, type ReadPage, STATE_OF_CHAT } from './in-page.ts';
import { Recording } from './recording.ts';

/** A page that goes on loading is looked at as it is by then. */
const LOAD_MS = 20_000;
/** No request for so long: the page has come to rest. */
const QUIET_MS = 500;
/** Longest that a chat may take to greet. */
const CHAT_MS = 12_000;
const LOOK_EVERY_MS = 50;
/** Opens the page in the browser, and the chat on it, and tells what is there. Rejects when the browser cannot be used. */
export async function lookAt(program: string, url: string): Promise<Sight> {
  const tab = await openTab(program);
  try {
    return await look(tab, url);
  } finally {
    await tab.close();
  }
}

async function look(tab: Tab, url: string): Promise<Sight> {
  const { frameTree } = await tab.send('Page.getFrameTree');
  const record = new Recording(frameTree.frame.id);
  tab.on((event) => record.take(event));
  await Promise.all(['Page', 'Runtime', 'Network', 'Log', 'Audits'].map((domain) => tab.send(`${domain}.enable`)));
  const { errorText } = await tab.send('Page.navigate', { url });
  if (errorText) throw new Error(`it could not open the page: ${errorText}`);
  await until(() => record.loaded, LOAD_MS);
  await until(() => record.quietFor() > QUIET_MS, LOAD_MS / 2);

  const page = await evaluate<ReadPage>(tab, READ_PAGE);
  // What was refused by a policy does not come later.
  const mayCome = async () => record.violations.length > 0 || (await evaluate<ReadChat>(tab, STATE_OF_CHAT)).there;
  if (page.expectsChat) await until(mayCome, CHAT_MS / 4);
  const before = await evaluate<ReadChat>(tab, STATE_OF_CHAT);
  let chat = before;
  if (before.there) {
    await evaluate(tab, OPEN_CHAT);
    await until(async () => {
      chat = await evaluate<ReadChat>(tab, STATE_OF_CHAT);
      return chat.settled || record.errors.some((text) => LOST.test(text));
    }, CHAT_MS);
  }
  const html = await record.document(tab);
  const seen: Seen = {
    configuration: page.configuration ? (revive(page.configuration) as Record<string, unknown>) : undefined,
    tokens: record.tokens,
    shown: chat.shown ? 'chat' : before.there ? 'launcher' : 'none',
    trouble: chat.trouble,
    errors: record.errors,
    violations: record.violations,
    failed: record.failed,
    protocols: record.protocols,
  };
  return sightOf({ url: record.url || url, html, header: record.policy, seen });
}

/** With functions where the page has functions. */
function revive(value: unknown): unknown {
  if (value === FUNCTION) return () => {};
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one)]));
}

async function evaluate<T = unknown>(tab: Tab, expression: string): Promise<T> {
  const { result, exceptionDetails } = await tab.send('Runtime.evaluate', {
    expression,
    returnByValue: true,
    awaitPromise: true,
  });
  if (exceptionDetails) throw new Error(`the page could not be looked at: ${exceptionDetails.text}`);
  return result.value as T;
}

/** What the loader says of a chat that will not come. */
const LOST = /\[Clew\] The chat could not be loaded/;

/** Looks again and again until it is so, or the time is over: what a page does has no end that it would tell. */
async function until(done: () => boolean | Promise<boolean>, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!(await done()) && performance.now() < end) await wait(LOOK_EVERY_MS);
}
