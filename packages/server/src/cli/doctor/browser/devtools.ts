import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An event of the protocol. */
export interface DevToolsEvent {
  readonly method: string;
  // biome-ignore lint/suspicious/noExplicitAny: the protocol has hundreds of shapes; each reader names what it takes
  readonly params: any;
}

/** A tab of a browser of its own, over the DevTools protocol. */
export interface Tab {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  send(method: string, params?: object): Promise<any>;
  /** Calls `listener` with every event of the tab from now on. */
  on(listener: (event: DevToolsEvent) => void): void;
  /** Ends the browser and removes what it has written. Safe to call twice. */
  close(): Promise<void>;
}

const START_MS = 20_000;
const ANSWER_MS = 20_000;

/** A browser that talks to nobody but the page, and knows nothing of its user. */
const FLAGS = [
  '--headless=new',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1280,800',
];

/**
 * Starts the browser with an empty profile and opens a tab. Rejects with an error that says why it did not come up. Without a library: what is used of the
 * protocol is a dozen calls, and Node has a WebSocket.
 */
export async function openTab(program: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'clew-doctor-'));
  // Containers and root have no sandbox; elsewhere it stays.
  const flags = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close').catch(() => undefined);
  let socket: WebSocket | undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      socket?.close();
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    })();
    return closing;
  };
  try {
    const address = await addressOf(child);
    socket = new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket?.addEventListener('open', () => resolve(), { once: true });
      socket?.addEventListener('error', () => reject(new Error('it does not answer over the DevTools protocol')), {
        once: true,
      });
    });
    return { ...(await attach(socket)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address that the browser prints when it is up. */
function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error('it did not come up in time')), START_MS);
    const fail = (error: Error) => {
      clearTimeout(late);
      reject(error);
    };
    child.once('error', fail);
    child.once('close', (code) => {
      const last = said.trim().split('\n').at(-1) ?? '';
      fail(new Error(`it ended with ${code}${last === '' ? '' : `: ${last}`}`));
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      // It goes on to complain of missing buses and drivers; that is not kept.
      if (said.length < 65_536) said += text;
      const address = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(late);
      resolve(address);
    });
  });
}

async function attach(socket: WebSocket): Promise<Omit<Tab, 'close'>> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners: ((event: DevToolsEvent) => void)[] = [];
  let last = 0;
  let session: string | undefined;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.id === undefined) {
      if (message.sessionId === session) for (const listener of listeners) listener(message);
      return;
    }
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) one?.reject(new Error(message.error.message));
    else one?.resolve(message.result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('it ended'));
    waiting.clear();
  });
  // biome-ignore lint/suspicious/noExplicitAny: as in the interface
  const send = (method: string, params: object = {}): Promise<any> => {
    const id = ++last;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`it did not answer ${method} in time`));
      }, ANSWER_MS);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(late);
          then(value);
        };
      waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      socket.send(JSON.stringify({ id, method, params, ...(session ? { sessionId: session } : {}) }));
    });
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const attached = await send('Target.attachToTarget', { targetId, flatten: true });
  session = attached.sessionId as string;
  return { send, on: (listener) => void listeners.push(listener) };
}
