import { check } from '../../config/check.ts';
import { KEYS } from '../../config/keys.ts';
import type { ParsedSnippet } from '../snippet/parse.ts';

/** One line of the result. */
export interface Line {
  readonly kind: 'ok' | 'note' | 'fault';
  readonly text: string;
  /** What to do. */
  readonly hint?: string;
}

/** What is to be asked of the server. */
export interface Target {
  readonly host: string;
  readonly agent: string;
  readonly token: string | undefined;
}

/** What can be said of a snippet without asking anybody. */
export function readSnippet(snippet: ParsedSnippet): {
  readonly lines: readonly Line[];
  readonly target: Target | undefined;
} {
  if (!snippet.configuration) {
    return {
      lines: [
        {
          kind: 'fault',
          text: 'There is no window.wxOConfiguration = { … } in it.',
          hint: 'It must be set before wxoLoader.init() is called. The command clew embed --agent NAME prints a script that works.',
        },
      ],
      target: undefined,
    };
  }
  const { values, findings } = check(snippet.configuration, KEYS);
  const late = snippet.unknown.map((key) => key.toLowerCase());
  const real = findings.filter(({ message }) => !late.includes(message.split(' ', 1)[0]?.toLowerCase() ?? ''));
  const lines: Line[] = real.map(({ message, fatal }) => ({
    kind: fatal ? 'fault' : 'note',
    text: message,
    hint: fatal
      ? 'Without it there is no chat.'
      : 'It has no effect as it is: is it spelt and placed as in docs/embed.md?',
  }));
  if (real.length === 0) lines.push({ kind: 'ok', text: 'Every key is known and has a value of the right kind.' });
  for (const key of snippet.unknown)
    lines.push({ kind: 'note', text: `${key} is worked out by your page, so it was not checked.` });
  if (!snippet.loadsLoader)
    lines.push({
      kind: 'fault',
      text: 'Nothing loads wxoLoader.js.',
      hint: 'Add a script with the address hostURL + "/wxoLoader.js?embed=true".',
    });
  if (!snippet.callsInit)
    lines.push({ kind: 'fault', text: 'Nothing calls wxoLoader.init().', hint: 'Call it when the script has loaded.' });
  const { hostURL: host } = values;
  if (!host || !URL.canParse(host)) {
    if (host)
      lines.push({
        kind: 'fault',
        text: `hostURL is "${host}", which is no address.`,
        hint: 'Write it with https:// in front.',
      });
    return { lines, target: undefined };
  }
  return {
    lines,
    target: { host: host.replace(/\/+$/, ''), agent: values.chatOptions.agentId ?? '', token: values.token },
  };
}

/** What can be said of an address by itself. `page`: the protocol of the page that the chat is to stand on. */
export function judgeHost(host: string): readonly Line[] {
  const { protocol, hostname } = new URL(host);
  const local = /^(localhost|127\.|\[::1\])/.test(hostname);
  if (local)
    return [
      {
        kind: 'note',
        text: `${host} is reached from this machine only.`,
        hint: 'For other people give an address that they reach, as clew embed --host ADDRESS does.',
      },
    ];
  if (protocol === 'http:')
    return [
      {
        kind: 'fault',
        text: 'hostURL begins with http://.',
        hint: 'Pages with https:// may not load it: put the server behind https.',
      },
    ];
  return [];
}

/** What can be read in a token. `now`: milliseconds since 1970. */
export function judgeToken(token: string, now: number): readonly Line[] {
  try {
    const payload: { exp?: number } = JSON.parse(
      atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')),
    );
    if (typeof payload.exp !== 'number')
      return [
        {
          kind: 'note',
          text: 'The token never ends: it has no exp.',
          hint: 'Give it a quarter of an hour or so; the chat asks for another by authTokenNeeded.',
        },
      ];
    if (payload.exp * 1000 < now)
      return [
        {
          kind: 'fault',
          text: `The token ended ${new Date(payload.exp * 1000).toLocaleString()}.`,
          hint: 'Make a fresh one on each view of the page.',
        },
      ];
    return [];
  } catch {
    return [
      { kind: 'fault', text: 'The token is not a JSON Web Token.', hint: 'It has three parts with dots between them.' },
    ];
  }
}
