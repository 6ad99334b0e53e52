import { fine, found, type Line } from '../finding.ts';
import { ask, NoAnswer } from './ask.ts';
import { type Markup, readMarkup } from './markup.ts';
import { type Policy, readPolicies } from './policy.ts';

/** Longest page or script that is read. */
const MOST_BYTES = 4 * 1_024 * 1_024;

/** A policy of a page and where it stands. */
export interface PagePolicy {
  readonly policy: Policy;
  readonly where: 'header' | 'meta';
}

/** What a browser saw of a page when it ran it. */
export interface Seen {
  /** `window.wxOConfiguration`: functions are functions that do nothing; elements are left out. Undefined when the page has set none. */
  readonly configuration: Readonly<Record<string, unknown>> | undefined;
  /** Bearer tokens of requests, by the origin that they went to: a token is sent nowhere else. */
  readonly tokens: ReadonlyMap<string, string>;
  /** `launcher`: the button is there and the chat behind it could not be shown. `chat`: the chat was shown. `none`: neither. */
  readonly shown: 'none' | 'launcher' | 'chat';
  /** What the chat says when it cannot be used; null when it can. */
  readonly trouble: string | null;
  /** Errors of the console and of scripts. */
  readonly errors: readonly string[];
  readonly violations: readonly { readonly directive: string; readonly blocked: string }[];
  /** Requests that failed: address and reason, or status. */
  readonly failed: readonly { readonly url: string; readonly why: string }[];
  /** What the server was spoken to with: `h2`, `http/1.1` …, by origin. */
  readonly protocols: ReadonlyMap<string, string>;
}

/** A page as it was found. */
export interface Sight {
  /** After redirects. */
  readonly url: string;
  readonly origin: string;
  readonly markup: Markup;
  readonly policies: readonly PagePolicy[];
  /** Undefined: it was read, and nothing of it was run. */
  readonly seen: Seen | undefined;
}

/** Reads the page. The lines say what is wrong; the sight is undefined when nothing can be said of it. */
export async function readPage(
  url: string,
  now: () => number,
): Promise<{ readonly lines: readonly Line[]; readonly sight: Sight | undefined }> {
  let response: Response;
  try {
    ({ response } = await ask(url, { now, headers: { accept: 'text/html,*/*;q=0.8' } }));
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const line =
      error.kind === 'certificate'
        ? found(
            'page_certificate',
            `The certificate of ${url} is not valid: ${error.message}.`,
            'Give the site a certificate of a public authority for this very name; browsers warn their readers off otherwise.',
          )
        : found(
            'page_unreachable',
            `${url} cannot be reached: ${error.message}.`,
            'Is the address right, and can it be opened in a browser on this machine?',
          );
    return { lines: [line], sight: undefined };
  }
  const html = await readText(response);
  if (!response.ok) {
    const fix =
      response.status === 401 || response.status === 403
        ? 'It wants somebody who has signed in. Check a copy of the page that needs no sign-in, or paste its script into /embed-check of the server.'
        : 'Is the address right? It must answer with status 200.';
    return {
      lines: [found('page_refused', `${response.url} answers with status ${response.status}.`, fix)],
      sight: undefined,
    };
  }
  const type = response.headers.get('content-type') ?? '';
  if (!/html/i.test(type)) {
    const what = `${response.url} is ${type === '' ? 'of no known kind' : type.split(';')[0]} and no page.`;
    return {
      lines: [
        found(
          'page_not_html',
          what,
          'Name the page that the chat is on; it must be sent as text/html.',
          'Content-Type: text/html; charset=utf-8',
        ),
      ],
      sight: undefined,
    };
  }
  const moved = response.redirected ? `, where ${url} leads` : '';
  return {
    lines: [fine(`The page is there: ${response.url}${moved}.`)],
    sight: sightOf({ url: response.url, html, header: response.headers.get('content-security-policy') ?? '' }),
  };
}

/** What is known of a page by its address, its text and its policy. */
export function sightOf(page: {
  readonly url: string;
  readonly html: string;
  readonly header: string;
  readonly seen?: Seen;
}): Sight {
  const markup = readMarkup(page.html, page.url);
  const policies: PagePolicy[] = [
    ...readPolicies(page.header, 'header').map((policy) => ({ policy, where: 'header' as const })),
    ...markup.policies.flatMap((text) =>
      readPolicies(text, 'meta').map((policy) => ({ policy, where: 'meta' as const })),
    ),
  ];
  return { url: page.url, origin: new URL(page.url).origin, markup, policies, seen: page.seen };
}

/** The text of an answer, as far as it is not longer than anybody writes. */
export async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  if (!response.body) return '';
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes > MOST_BYTES) break;
  }
  return text;
}
