import { fine, found, type Line } from '../finding.ts';
import { type Answer, ask, NoAnswer } from './ask.ts';
import type { Embedding } from './embedding.ts';
import { isLocal } from './local.ts';
import type { Sight } from './sight.ts';

/** Whether the script of the chat is where the page looks for it. `answer` is there when the server can be asked further. */
export async function checkLoader(
  { host, loader }: Embedding,
  sight: Sight,
  now: () => number,
): Promise<{ readonly lines: readonly Line[]; readonly answer: Answer | undefined }> {
  const lines: Line[] = [];
  const server = new URL(host);
  const page = new URL(sight.url);
  if (isLocal(server.hostname) && !isLocal(page.hostname))
    lines.push(
      found(
        'host_local',
        `hostURL is ${host}: in the browser of a reader that is the reader's own machine.`,
        'Give the address under which readers reach the server.',
        'clew embed --agent NAME --host https://chat.example.com',
      ),
    );
  else if (page.protocol === 'https:' && server.protocol === 'http:' && !isLocal(server.hostname))
    lines.push(
      found(
        'mixed_content',
        `The page is on https and hostURL is ${host}: browsers load nothing from there.`,
        'Put the server behind https and write that address.',
        `hostURL: 'https://${server.host}${server.pathname.replace(/\/$/, '')}',`,
      ),
    );
  let answer: Answer;
  try {
    answer = await ask(loader.url, { now, headers: { origin: sight.origin } });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    lines.push(
      error.kind === 'certificate'
        ? found(
            'host_certificate',
            `The certificate of ${server.origin} is not valid: ${error.message}.`,
            'Give the server a certificate of a public authority for this very name, with its chain.',
          )
        : found(
            'host_unreachable',
            `${server.origin} cannot be reached: ${error.message}.`,
            'Does the server run, is hostURL right, and does nothing between refuse it?',
          ),
    );
    return { lines, answer: undefined };
  }
  const { response } = answer;
  void response.body?.cancel();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (response.ok && /(java|ecma)script/.test(type)) {
    lines.push(fine(`The script of the chat is there: ${loader.url}`));
    return { lines, answer };
  }
  const better = await clewBelow(server, now);
  const what = response.ok
    ? `${loader.url} is ${type || 'of no known kind'} and no script.`
    : `${loader.url} answers with status ${response.status}.`;
  const fix =
    better !== undefined && better !== host
      ? 'The server is there under another address.'
      : 'Is hostURL the address of a Clew server, and does the proxy before it pass all paths on?';
  const change = better !== undefined && better !== host ? `hostURL: '${better}',` : null;
  lines.push(found(response.ok ? 'loader_not_script' : 'loader_missing', what, fix, change));
  return { lines, answer: undefined };
}

/** The address at which a Clew server answers, at this one or above it. */
async function clewBelow(server: URL, now: () => number): Promise<string | undefined> {
  const parts = server.pathname.split('/').filter(Boolean);
  for (let length = parts.length; length >= 0; length--) {
    const base = [server.origin, ...parts.slice(0, length)].join('/');
    try {
      const { response } = await ask(`${base}/health`, { now });
      const body = (await response.json()) as { status?: unknown; version?: unknown };
      if (typeof body.status === 'string' && typeof body.version === 'string') return base;
    } catch {
      // No server here: one above may be.
    }
  }
  return undefined;
}
