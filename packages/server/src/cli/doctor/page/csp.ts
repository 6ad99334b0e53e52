import { type FindingCode, fine, found, type Line } from '../finding.ts';
import type { Embedding } from './embedding.ts';
import {
  allowsConnection,
  allowsInline,
  allowsScript,
  amend,
  hashSource,
  type Policy,
  trustedTypes,
  withSource,
  writePolicy,
} from './policy.ts';
import type { PagePolicy, Sight } from './sight.ts';

/** What the content security policies of the page refuse of the chat, each with the whole policy as it should be. */
export function checkPolicies(embedding: Embedding, sight: Sight): Line[] {
  const lines = sight.policies.flatMap((one) => judge(one, embedding, sight));
  if (lines.length > 0) return lines;
  return [
    fine(
      sight.policies.length === 0
        ? 'The page has no content security policy.'
        : 'The content security policy allows the chat.',
    ),
  ];
}

interface Refusal {
  readonly code: FindingCode;
  readonly what: string;
  readonly fix: string;
}

function judge({ policy, where }: PagePolicy, { host, inline, loader }: Embedding, { url }: Sight): Line[] {
  const origin = new URL(host).origin;
  const server = `${origin}/`;
  const refusals: Refusal[] = [];
  const place = where === 'meta' ? 'the <meta> of the page' : 'the header of the page';
  let wanted: Policy = policy;

  if (inline && !allowsInline(policy, inline)) {
    const nonce = [...policy.values()].flat().find((source) => /^'nonce-/i.test(source));
    const source = hashSource(inline.text);
    wanted = amend(wanted, 'script', [source]);
    refusals.push({
      code: 'csp_inline',
      what: `The policy in ${place} refuses the script that sets the chat up.`,
      fix: nonce
        ? `Give the script the nonce of the page (${nonce.replace(/^'nonce-.*/, '<script nonce="…">')}), or allow it by its hash, which changes with its text:`
        : 'Allow it by its hash, which changes with its text:',
    });
  }
  // A script that was allowed by nonce or hash may add others where `strict-dynamic` says so.
  if (!allowsScript(policy, { ...loader, nonce: loader.nonce }, url) || !allowsChunks(policy, origin, url)) {
    wanted = amend(wanted, 'script', [origin]);
    refusals.push({
      code: 'csp_script',
      what: `The policy in ${place} does not allow scripts from ${origin}.`,
      fix: `Add ${origin} to script-src:`,
    });
  }
  if (!allowsConnection(policy, `${server}api/v1/`, url)) {
    wanted = amend(wanted, 'connect', [origin]);
    refusals.push({
      code: 'csp_connect',
      what: `The policy in ${place} does not allow requests to ${origin}.`,
      fix: `Add ${origin} to connect-src:`,
    });
  }
  const types = trustedTypes(policy);
  if (types.required && !types.allowsChat) {
    wanted = withSource(wanted, 'trusted-types', 'lit-html');
    refusals.push({
      code: 'csp_trusted_types',
      what: `The policy in ${place} lists the policies of Trusted Types, and lit-html, which the chat needs, is none of them.`,
      fix: 'Add lit-html to trusted-types:',
    });
  }
  const lines: Line[] = refusals.map(({ code, what, fix }) => found(code, what, fix, written(wanted, where)));
  if (types.required && loader.added && inline && !/createPolicy\s*\(/.test(inline.text))
    lines.push(
      found(
        'csp_trusted_types',
        `The policy in ${place} requires Trusted Types, and the script of the page sets the address of wxoLoader.js as a text.`,
        'Load it by a tag of its own, before the script that calls wxoLoader.init():',
        `<script src="${loader.url}"></script>`,
      ),
    );
  const sandbox = policy.get('sandbox');
  if (sandbox && !(sandbox.includes('allow-scripts') && sandbox.includes('allow-same-origin'))) {
    const allowed = new Map([...wanted, ['sandbox', [...new Set([...sandbox, 'allow-scripts', 'allow-same-origin'])]]]);
    lines.push(
      found(
        'sandboxed',
        `The policy in ${place} puts the page into a sandbox.`,
        'Allow scripts and the origin of the page:',
        written(allowed, where),
      ),
    );
  }
  return lines;
}

/** The chat loads the rest of itself by `import()`, which `strict-dynamic` allows. */
function allowsChunks(policy: Policy, origin: string, page: string): boolean {
  return allowsScript(policy, { url: `${origin}/clew/chat-00000000.js`, added: true }, page);
}

function written(policy: Policy, where: PagePolicy['where']): string {
  const text = writePolicy(policy);
  return where === 'header'
    ? `Content-Security-Policy: ${text}`
    : `<meta http-equiv="Content-Security-Policy" content="${text.replaceAll('"', '&quot;')}">`;
}
