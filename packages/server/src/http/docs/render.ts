import { createHash } from 'node:crypto';
import type { OpenApi, Operation } from '../openapi.ts';
import type { Page } from '../pages.ts';
import { type Html, html, prose } from './html.ts';
import { row, sampleOf, schemaRows } from './schema.ts';
import { STYLE } from './style.ts';

/** The description of the server as one page for people, with nothing loaded from elsewhere. */
export function renderDocs(api: OpenApi): Page {
  const groups = api.tags
    .map(({ name }) => ({ name, entries: entriesOf(api, name) }))
    .filter(({ entries }) => entries.length > 0);
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${api.info.title} API</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Operations">
<a class="brand" href="/">${api.info.title}</a>
${groups.map(({ name, entries }) => html`<h2>${name}</h2><ul>${entries.map(link)}</ul>`)}
<h2>Reference</h2><ul><li><a href="#errors">Errors</a></li></ul>
</nav>
<main>
<header>
<h1>${api.info.title} API</h1>
<p>${api.info.description}</p>
<p class="facts">Version ${api.info.version} · <code>${baseOf(api)}</code> · <a href="/openapi.json">openapi.json</a></p>
</header>
${groups.map(({ name, entries }) => html`<section><h2>${name}</h2>${entries.map((entry) => article(api, entry))}</section>`)}
${errors(api)}
</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(STYLE.text).digest('base64');
  return {
    contentType: 'text/html; charset=utf-8',
    bytes: Buffer.from(text),
    policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function entriesOf(api: OpenApi, tag: string): Entry[] {
  return Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

function baseOf(api: OpenApi): string {
  return api.servers[0]?.url ?? '';
}

function link({ method, operation }: Entry): Html {
  return html`<li><a href="#${operation.operationId}"><span class="verb ${method.toLowerCase()}">${method}</span> ${prose(operation.summary)}</a></li>`;
}

function article(api: OpenApi, entry: Entry): Html {
  const { method, path, operation } = entry;
  const [form, json] = bodyOf(operation);
  const body = form ?? json;
  const [status, reply] = Object.entries(operation.responses).find(([key]) => key !== 'default') ?? [];
  const content = reply && 'content' in reply ? reply.content?.['application/json']?.schema : undefined;
  const parameters = operation.parameters.map(({ name, required, schema, description }) =>
    row(api, { name, required, depth: 0, schema: description === undefined ? schema : { ...schema, description } }),
  );
  return html`<article id="${operation.operationId}">
<h3><a href="#${operation.operationId}">${prose(operation.summary)}</a></h3>
<p class="address"><span class="verb ${method.toLowerCase()}">${method}</span> <code>${path}</code></p>
${operation['x-aliases'] && aliases(operation['x-aliases'])}
${parameters.length > 0 && html`<h4>Parameters</h4><table class="members"><tbody>${parameters}</tbody></table>`}
${body && html`<h4>Request</h4>${schemaRows(api, body)}`}
<h4>Reply <span class="quiet">${status}</span></h4>
${content ? schemaRows(api, content) : html`<p class="quiet">No body is described.</p>`}
<h4>Try it</h4>
<pre tabindex="0"><code>${curl(api, entry)}</code></pre>
</article>`;
}

function aliases(paths: readonly string[]): Html {
  return html`<details><summary>${paths.length} other ${paths.length === 1 ? 'address' : 'addresses'}</summary><ul>${paths.map(
    (path) => html`<li><code>${path}</code></li>`,
  )}</ul></details>`;
}

/** The schema of a form, and that of a JSON body: an operation takes one of them at most. */
function bodyOf({ requestBody }: Entry['operation']) {
  const of = (type: string) => requestBody?.content[type]?.schema;
  return [of('multipart/form-data'), of('application/json')] as const;
}

function curl(api: OpenApi, { method, path, operation }: Entry): string {
  const needed = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const search = needed
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(sampleOf(api, schema)))}`)
    .join('&');
  const address = `${baseOf(api)}${path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}`;
  const verb = method === 'GET' || (method === 'POST' && operation.requestBody) ? '' : `-X ${method} `;
  const lines = [`curl ${verb}'${address}${search && `?${search}`}'`];
  const [form, body] = bodyOf(operation);
  if (form) lines.push(`  -F 'files=@FILE'`);
  if (body) {
    lines.push(`  -H 'content-type: application/json'`);
    lines.push(`  -d '${JSON.stringify(sampleOf(api, body)).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n');
}

function errors(api: OpenApi): Html {
  const wires = Object.keys(api['x-errors'][0]?.statuses ?? {}).filter((name) => name !== 'operations');
  return html`<section id="errors"><h2>Errors</h2>
<p>Every error carries a code for programs and a sentence for people. The columns give the HTTP status on each protocol.</p>
<div class="wide"><table><thead><tr><th>Code</th>${wires.map((name) => html`<th>${name}</th>`)}<th>Meaning</th></tr></thead>
<tbody>${api['x-errors'].map(
    ({ code, meaning, statuses }) =>
      html`<tr><th scope="row"><code>${code}</code></th>${wires.map((name) => html`<td>${statuses[name]}</td>`)}<td>${prose(meaning)}</td></tr>`,
  )}</tbody></table></div></section>`;
}
