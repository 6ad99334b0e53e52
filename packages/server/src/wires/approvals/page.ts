import { createHash } from 'node:crypto';
import type { AskedCall, FoldedWait, Json } from '../../model/index.ts';
import type { TextReply } from '../endpoint.ts';
import { STYLE } from './style.ts';

/** What the page of an open question shows. */
export interface QuestionView {
  readonly agentName: string;
  /** Whom the link was made for. */
  readonly name: string;
  readonly wait: FoldedWait;
  /** The question in words, for one that does not name its calls. */
  readonly text: string;
}

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Every page: no script, nothing from elsewhere, in no frame, kept by nobody, and its address told to no other site. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'same-origin', // With `no-referrer` browsers send no origin along with the form.
  'x-robots-tag': 'noindex, nofollow',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

export function questionPage({ agentName, name, wait, text }: QuestionView): TextReply {
  const calls = wait.calls ?? [];
  const many = calls.length > 1;
  const title = many ? `Approve ${calls.length} calls?` : `Approve: ${calls[0]?.title ?? 'this call'}?`;
  const shown =
    calls.length === 0 ? `<pre>${escaped(text)}</pre>` : calls.map((call, at) => section(call, at, many)).join('');
  const buttons = many
    ? '<button class="yes" name="decision" value="each">Send decisions</button><button class="no" name="decision" value="reject" formnovalidate>Reject all</button>'
    : '<button class="yes" name="decision" value="approve">Approve</button><button class="no" name="decision" value="reject">Reject</button>';
  return page(
    200,
    title,
    `<p class="lead">${escaped(agentName)} wants to do this and waits for a person to agree. You decide as ${escaped(name)}.</p>
${wait.expires ? `<p class="quiet">${endOf(wait.expires)}</p>` : ''}
<form method="post">
${shown}
<label for="reason">Reason, for the agent and the log (optional)</label>
<textarea id="reason" name="reason" rows="2" maxlength="2000"></textarea>
<div class="row">${buttons}</div>
</form>`,
  );
}

/** For whoever comes too late. */
export function decidedPage(text: string): TextReply {
  return noticePage(409, 'Already decided', text);
}

export function noticePage(status: number, title: string, text: string): TextReply {
  return page(status, title, `<p class="lead">${escaped(text)}</p><p class="quiet">You can close this page.</p>`);
}

function section({ name, title, input }: AskedCall, at: number, many: boolean): string {
  const rows = Object.entries(input).map(
    ([member, value]) => `<dt>${escaped(member)}</dt><dd><pre>${escaped(written(value))}</pre></dd>`,
  );
  const field = `call_${at + 1}_decision`;
  const choice = many
    ? `<div class="choice"><label><input type="radio" name="${field}" value="approve" required> Approve</label><label><input type="radio" name="${field}" value="reject"> Reject</label></div>`
    : '';
  return `<section><h2>${many ? `${at + 1}. ` : ''}${escaped(title)}</h2><p class="quiet"><code>${escaped(name)}</code></p>${
    rows.length === 0 ? '<p class="quiet">It takes nothing.</p>' : `<dl>${rows.join('')}</dl>`
  }${choice}</section>`;
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function endOf({ at, action }: NonNullable<FoldedWait['expires']>): string {
  const time = new Date(at).toISOString();
  const what = action === 'fail' ? 'the run ends' : 'it is rejected';
  return `Without a decision by ${time.slice(0, 10)}, ${time.slice(11, 16)} UTC, ${what}.`;
}

function page(status: number, title: string, body: string): TextReply {
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)} · Clew</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`;
  return { status, headers: HEADERS, text };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Marks that turn the direction of writing, and what has no width or moves a cursor: with them an input can look like another one than it is. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/** Shown by their code: whoever approves must see what will be sent. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string)
    .replace(UNSEEN, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
