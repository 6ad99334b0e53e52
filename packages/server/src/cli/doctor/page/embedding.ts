import { check } from '../../../../../widget/src/config/check.ts';
import { KEYS } from '../../../../../widget/src/config/keys.ts';
import { type ParsedSnippet, parseSnippet } from '../../../../../widget/src/pages/snippet/parse.ts';
import { nearest } from '../../../config/nearest.ts';
import { fine, found, type Line } from '../finding.ts';
import { judgeSandbox } from './frame.ts';
import { isLocal } from './local.ts';
import { type Frame, readMarkup, type Script } from './markup.ts';
import type { InlineScript, ScriptAddress } from './policy.ts';
import { CLEW_JS, withFiles } from './scripts.ts';
import type { Sight } from './sight.ts';

/** A chat on a page, as far as the page tells. */
export interface Embedding {
  /** Address of the server, without a slash at the end. */
  readonly host: string;
  /** Id or name; empty: the server's own choice. */
  readonly agent: string;
  /** `orchestrationID`; undefined for a chat that is made by `clew.js`. */
  readonly channel: string | undefined;
  readonly token: string | undefined;
  /** The page gets its tokens from a function of its own. */
  readonly worksTokenOut: boolean;
  /** What sets the chat up in the page; undefined when that is in a file. */
  readonly inline: InlineScript | undefined;
  readonly loader: ScriptAddress;
}

/** All keys, with those that hold them before them. */
const PATHS: readonly string[] = Object.entries(KEYS).flatMap(([key, rule]) => [
  key,
  ...(typeof rule === 'object' ? Object.keys(rule).map((name) => `${key}.${name}`) : []),
]);

const EMBED = '`clew embed --agent NAME` prints a script that works.';

/** Finds the chat on a page. The lines say what is wrong with how it was put there. */
export async function findEmbedding(
  sight: Sight,
  now: () => number,
): Promise<{ readonly lines: readonly Line[]; readonly embedding: Embedding | undefined }> {
  const { scripts, elements, frames } = sight.markup;
  const element = elements[0];
  const all = await withFiles(scripts, now);
  const module = all.find(({ src, text }) => /\/clew\.js(\?|$)/.test(src ?? '') || CLEW_JS.test(text));
  if (element || module) return moduleOf(element, module, sight);
  const script = all.find((one) => /wxOConfiguration/.test(one.text) && (!one.src || isReadable(one)));
  if (script || sight.seen?.configuration) return snippetOf(script, all, sight);
  if (sight.markup.scripts.some(({ src }) => /wxoLoader\.js/.test(src ?? ''))) {
    return {
      lines: [
        found(
          'snippet_missing',
          'The page loads wxoLoader.js and sets no window.wxOConfiguration.',
          `Set it before the script is loaded. ${EMBED}`,
        ),
      ],
      embedding: undefined,
    };
  }
  const inside = frames.find(({ html }) => html !== undefined && /wxOConfiguration|clew\.js|<clew-chat/.test(html));
  if (inside) return inFrame(inside, sight, now);
  const advice = sight.seen ? '' : ' A page that adds it by a script of its own is seen only with a browser.';
  const lines = [
    found(
      'snippet_missing',
      'The page has no script of the chat: neither window.wxOConfiguration, nor clew.js, nor <clew-chat>.',
      `Paste the script before </body>. ${EMBED}${advice}`,
    ),
    ...frames
      .filter(({ src }) => /^https?:/.test(src))
      .slice(0, 3)
      .flatMap((frame) => [
        found(
          'in_frame',
          `The page has a frame: ${frame.src}`,
          'If the chat is in it, check that page.',
          `clew doctor ${frame.src}`,
        ),
        ...judgeSandbox(frame),
      ]),
  ];
  return { lines, embedding: undefined };
}

/** A chat in a page that stands in an attribute of this one, and is of its origin unless it is sandboxed. */
async function inFrame(frame: Frame, sight: Sight, now: () => number): ReturnType<typeof findEmbedding> {
  const markup = readMarkup(frame.html ?? '', sight.url);
  const { lines, embedding } = await findEmbedding({ ...sight, markup }, now);
  return { lines: [fine('The chat is in a frame of the page (srcdoc).'), ...judgeSandbox(frame), ...lines], embedding };
}

/** A file may speak of configurations and set none, as that of a page which checks them. */
function isReadable({ text }: Script): boolean {
  try {
    parseSnippet(text);
    return true;
  } catch {
    return false;
  }
}

function moduleOf(
  element: Readonly<Record<string, string>> | undefined,
  module: Script | undefined,
  sight: Sight,
): { lines: Line[]; embedding: Embedding | undefined } {
  if (!module) {
    const fix = 'Load the module that knows the element.';
    const host = element?.host ?? 'https://chat.example.com';
    return {
      lines: [
        found(
          'snippet_no_loader',
          'There is a <clew-chat> and nothing loads clew.js.',
          fix,
          `<script type="module" src="${host}/clew.js"></script>`,
        ),
      ],
      embedding: undefined,
    };
  }
  const own = /\/clew\.js(\?|$)/.test(module.src ?? '') ? module.src : undefined;
  const written = own ?? CLEW_JS.exec(module.text)?.[1] ?? '';
  const address = new URL(written, module.src ?? sight.url).href;
  const named = element?.host ?? /\bhost\s*:\s*['"]([^'"]+)['"]/.exec(module.text)?.[1];
  const host = (named ?? address.replace(/\/clew\.js.*$/, '')).replace(/\/+$/, '');
  if (!URL.canParse(host)) return { lines: [invalidHost(host)], embedding: undefined };
  return {
    lines: [fine('The page has the chat as a module.')],
    embedding: {
      host,
      agent: element?.agent ?? /\bagent\s*:\s*['"]([^'"]+)['"]/.exec(module.text)?.[1] ?? '',
      channel: undefined,
      token: sight.seen?.tokens.get(new URL(host).origin) ?? element?.token,
      worksTokenOut: /\b(getToken|authTokenNeeded|token)\b/.test(module.text),
      inline: module.src ? undefined : { text: module.text, nonce: module.nonce },
      loader: { url: address, nonce: module.nonce, added: !module.src },
    },
  };
}

function snippetOf(
  script: Script | undefined,
  all: readonly Script[],
  sight: Sight,
): { lines: Line[]; embedding: Embedding | undefined } {
  const text = all.map((one) => `${one.src ?? ''}\n${one.text}`).join('\n');
  let parsed: ParsedSnippet | undefined;
  const lines: Line[] = [];
  try {
    parsed = parseSnippet(script?.text ?? '');
  } catch (error) {
    const what = `window.wxOConfiguration cannot be read: ${error instanceof Error ? error.message : error}`;
    return {
      lines: [found('snippet_malformed', what, `Correct the text of the script. ${EMBED}`)],
      embedding: undefined,
    };
  }
  const configuration = sight.seen?.configuration ?? parsed.configuration;
  if (!configuration) {
    const what = 'The page works window.wxOConfiguration out by itself, and nothing of it was run.';
    const fix =
      'Run the check on a machine with Chromium, Chrome or Edge, or paste the configuration into /embed-check of the server.';
    return { lines: [found('browser_missing', what, fix)], embedding: undefined };
  }
  lines.push(...judgeKeys(configuration, sight.seen ? [] : parsed.unknown));
  // Of a page that sets itself up while it runs, the browser says whether a chat came of it.
  if (script && !/wxoLoader\.js/.test(text))
    lines.push(
      found(
        'snippet_no_loader',
        'Nothing loads wxoLoader.js.',
        'Add a script with the address of the server before it.',
        "script.src = window.wxOConfiguration.hostURL + '/wxoLoader.js?embed=true';",
      ),
    );
  if (script && !/wxoLoader\s*(\?\.|\.)\s*init\s*\(/.test(text))
    lines.push(
      found(
        'snippet_no_init',
        'Nothing calls wxoLoader.init().',
        'Call it when the script has loaded.',
        "script.addEventListener('load', function () { wxoLoader.init(); });",
      ),
    );
  const { values } = check(withoutElements(configuration), KEYS);
  const host = values.hostURL?.replace(/\/+$/, '');
  if (!host) return { lines, embedding: undefined };
  if (!URL.canParse(host) || !/^https?:$/.test(new URL(host).protocol))
    return { lines: [...lines, invalidHost(host)], embedding: undefined };
  const tag = all.find(({ src }) => /wxoLoader\.js/.test(src ?? ''));
  const path = /\/(?:wxochat\/)?wxoLoader\.js[^'"`\s]*/.exec(text)?.[0] ?? '/wxoLoader.js?embed=true';
  return {
    lines,
    embedding: {
      host,
      agent: values.chatOptions.agentId ?? '',
      channel: values.orchestrationID,
      token: sight.seen?.tokens.get(new URL(host).origin) ?? values.token,
      worksTokenOut:
        values.identityTokenFunction !== undefined ||
        values.authTokenNeeded !== undefined ||
        parsed.unknown.some((key) => /token/i.test(key)) ||
        /authTokenNeeded|identityTokenExpired|updateAuthToken/.test(text),
      inline: script && !script.src ? { text: script.text, nonce: script.nonce } : undefined,
      loader: tag?.src ? { url: tag.src, nonce: tag.nonce, added: false } : { url: host + path, added: true },
    },
  };
}

/** What is wrong with the keys. `unknown` are those that only the page knows. */
function judgeKeys(configuration: Readonly<Record<string, unknown>>, unknown: readonly string[]): Line[] {
  const late = unknown.map((key) => key.toLowerCase());
  const { findings } = check(withoutElements(configuration), KEYS);
  const real = findings.filter(({ message }) => !late.includes(message.split(' ', 1)[0]?.toLowerCase() ?? ''));
  if (real.length === 0) return [fine('The configuration of the chat is as it must be.')];
  return real.map(({ message, fatal }) => {
    const key = message.split(' ', 1)[0] ?? '';
    if (fatal)
      return found(
        'key_missing',
        `${message.replace(/\.$/, '')}, or there is no chat.`,
        `Set it in window.wxOConfiguration. ${EMBED}`,
      );
    const meant = nearest(key, PATHS);
    const fix = /is not known/.test(message)
      ? `${meant ? `Did you mean ${meant}? ` : ''}Is it spelt and placed as in docs/embed.md? It has no effect as it is.`
      : `Correct ${key} or leave it out: its default is taken.`;
    return found('key_wrong', message, fix);
  });
}

/** An element cannot be judged here; a text in its place is no element. */
function withoutElements(configuration: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => {
      if (key.toLowerCase() !== 'layout' || typeof value !== 'object' || value === null) return [key, value];
      const rest = Object.entries(value).filter(([name]) => name.toLowerCase() !== 'customelement');
      return [key, Object.fromEntries(rest)];
    }),
  );
}

function invalidHost(host: string): Line {
  const bare = host.replace(/^[a-z]*:\/*(?!\d)/i, '').replace(/\/+$/, '') || 'chat.example.com';
  return found(
    'host_invalid',
    `hostURL is "${host}", which is no address.`,
    'Write it with https:// in front and nothing behind the port.',
    `hostURL: '${isLocal(bare.replace(/[:/].*/, '')) ? 'http' : 'https'}://${bare}',`,
  );
}
