import { type Agent, ApiError, createClient } from '@clew/wire/client';
import { judgeHost, judgeToken, type Line, type Target } from './findings.ts';

/** Asks the server what the chat would ask. Yields lines as they are known; stops at what makes the rest useless. */
export async function* ask({ host, agent, token }: Target): AsyncGenerator<Line, void, undefined> {
  yield* judgeHost(host);
  if (token) yield* judgeToken(token, Date.now());
  const loader = await reach(`${host}/wxoLoader.js`);
  yield loader;
  if (loader.kind === 'fault') return;
  const client = createClient({ baseUrl: host, ...(token ? { token } : {}), retry: { attempts: 1 } });
  try {
    const agents = await client.agents({ includeHidden: true });
    yield {
      kind: 'ok',
      text: token ? 'The server answers and takes the token.' : 'The server answers; it asks for no token.',
    };
    if (agent !== '') yield judgeAgent(agents, agent);
  } catch (error) {
    yield refused(error, token);
  }
}

/** Whether the script is there and other origins may read it. */
async function reach(url: string): Promise<Line> {
  try {
    const response = await fetch(url, { cache: 'no-store' });
    const script = /javascript/.test(response.headers.get('content-type') ?? '');
    if (response.ok && script) return { kind: 'ok', text: `${url} is there, and pages of other origins may load it.` };
    return {
      kind: 'fault',
      text: response.ok ? `${url} is not a script.` : `${url} answers ${response.status}.`,
      hint: 'Is hostURL the address of a Clew server, without a path behind it that the server does not know?',
    };
  } catch {
    const there = await fetch(url, { mode: 'no-cors', cache: 'no-store' }).then(
      () => true,
      () => false,
    );
    return there
      ? {
          kind: 'fault',
          text: `${url} is there, but other origins may not read it.`,
          hint: 'Something in front of the server takes its header Access-Control-Allow-Origin away.',
        }
      : {
          kind: 'fault',
          text: `${new URL(url).origin} cannot be reached from this browser.`,
          hint: 'Does the server run, is the port right, and does nothing between refuse it?',
        };
  }
}

function judgeAgent(agents: readonly Agent[], wanted: string): Line {
  const found = agents.find(({ id, name }) => id === wanted || name === wanted);
  if (found) return { kind: 'ok', text: `The agent is "${found.display_name}".` };
  const names = agents.map(({ name, id }) => `${name} (${id})`).join(', ');
  return {
    kind: 'fault',
    text: `There is no agent "${wanted}".`,
    hint: agents.length > 0 ? `There are: ${names}.` : 'There are no agents at all: `clew agents check` says why.',
  };
}

function refused(error: unknown, token: string | undefined): Line {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError && error.status === 401) {
    return token
      ? {
          kind: 'fault',
          text: `The server does not take the token. ${message}`,
          hint: 'Is it signed with the key that the server knows, and still good?',
        }
      : {
          kind: 'fault',
          text: 'The server wants a token and the page gives none.',
          hint: 'Set token, or identityTokenFunction, or handle authTokenNeeded.',
        };
  }
  return { kind: 'fault', text: `The server answers with an error. ${message}` };
}
