import type { DevToolsEvent, Tab } from './devtools.ts';
import { EXPECTED } from './in-page.ts';

/** Errors, violations and failed requests that are kept, of each. */
const MOST = 20;

interface Sent {
  readonly url: string;
  readonly token: string | undefined;
}

/** What the browser told of a page. */
export class Recording {
  readonly #frame: string;
  loaded = false;
  url = '';
  policy = '';
  readonly errors: string[] = [];
  readonly violations: { directive: string; blocked: string }[] = [];
  readonly failed: { url: string; why: string }[] = [];
  readonly protocols = new Map<string, string>();
  readonly #sent = new Map<string, Sent>();
  readonly #open = new Set<string>();
  #documentId = '';
  #lastAt = performance.now();

  /** `frame`: id of the page's own frame. */
  constructor(frame: string) {
    this.#frame = frame;
  }

  /** Milliseconds since the last request began or ended; 0 while one is open. */
  quietFor(): number {
    return this.#open.size > 0 ? 0 : performance.now() - this.#lastAt;
  }

  /** Bearer tokens of requests, by the origin that they went to; the last of each. */
  get tokens(): ReadonlyMap<string, string> {
    return new Map([...this.#sent.values()].flatMap(({ url, token }) => (token ? [[new URL(url).origin, token]] : [])));
  }

  /** The page as it was sent, before any script changed it. */
  async document(tab: Tab): Promise<string> {
    const { body, base64Encoded } = await tab.send('Network.getResponseBody', { requestId: this.#documentId });
    return base64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  }

  take({ method, params }: DevToolsEvent): void {
    switch (method) {
      case 'Page.loadEventFired':
        this.loaded = true;
        return;
      case 'Network.requestWillBeSent':
        this.#request(params);
        return;
      case 'Network.responseReceived':
        this.#response(params);
        return;
      case 'Network.loadingFinished':
        this.#end(params.requestId);
        return;
      case 'Network.loadingFailed':
        this.#failure(params);
        this.#end(params.requestId);
        return;
      case 'Runtime.exceptionThrown':
        this.#error(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        return;
      case 'Runtime.consoleAPICalled':
        if (params.type === 'error')
          this.#error(
            params.args.map((one: { value?: unknown; description?: string }) => one.value ?? one.description).join(' '),
          );
        return;
      case 'Log.entryAdded':
        if (params.entry.level === 'error') this.#error(`${params.entry.text} ${params.entry.url ?? ''}`.trim());
        return;
      case 'Audits.issueAdded':
        this.#issue(params.issue);
    }
  }

  #request({
    requestId,
    request,
  }: {
    requestId: string;
    request: { url: string; headers: Readonly<Record<string, string>> };
  }): void {
    if (!/^https?:/.test(request.url)) return;
    const authorization = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    this.#sent.set(requestId, { url: request.url, token: /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] });
    this.#open.add(requestId);
    this.#lastAt = performance.now();
  }

  #response(params: {
    requestId: string;
    type: string;
    frameId?: string;
    response: { url: string; status: number; protocol?: string; headers: Readonly<Record<string, string>> };
  }): void {
    const { response, requestId } = params;
    if (params.type === 'Document' && params.frameId === this.#frame && this.url === '') {
      this.#documentId = requestId;
      this.url = response.url;
      // Headers that came more than once stand on lines of their own.
      this.policy = Object.entries(response.headers)
        .filter(([name]) => name.toLowerCase() === 'content-security-policy')
        .map(([, value]) => value.replaceAll('\n', ','))
        .join(',');
    }
    if (response.protocol && URL.canParse(response.url))
      this.protocols.set(new URL(response.url).origin, response.protocol);
    if (response.status >= 400 && this.failed.length < MOST)
      this.failed.push({ url: bare(response.url), why: `status ${response.status}` });
    // Streams are open for long; they are not waited for.
    if (
      /event-stream|ndjson/.test(
        Object.entries(response.headers).find(([name]) => /^content-type$/i.test(name))?.[1] ?? '',
      )
    )
      this.#end(requestId);
  }

  #failure({
    requestId,
    errorText,
    blockedReason,
    canceled,
  }: {
    requestId: string;
    errorText: string;
    blockedReason?: string;
    canceled?: boolean;
  }): void {
    const url = this.#sent.get(requestId)?.url;
    if (url && !canceled && this.failed.length < MOST)
      this.failed.push({ url: bare(url), why: blockedReason ?? errorText });
  }

  #end(requestId: string): void {
    this.#open.delete(requestId);
    this.#lastAt = performance.now();
  }

  #error(text: unknown): void {
    const line = String(text).split('\n')[0]?.slice(0, 500) ?? '';
    if (line === '' || EXPECTED.test(line) || this.errors.includes(line) || this.errors.length >= MOST) return;
    this.errors.push(line);
  }

  #issue({
    code,
    details,
  }: {
    code: string;
    details: Readonly<Record<string, { violatedDirective?: string; blockedURL?: string; isReportOnly?: boolean }>>;
  }): void {
    const violation = details.contentSecurityPolicyIssueDetails;
    if (code !== 'ContentSecurityPolicyIssue' || !violation || violation.isReportOnly) return;
    const one = { directive: violation.violatedDirective ?? '', blocked: violation.blockedURL ?? 'inline' };
    const known = this.violations.some(
      ({ directive, blocked }) => directive === one.directive && blocked === one.blocked,
    );
    if (!known && this.violations.length < MOST) this.violations.push(one);
  }
}

/** Without the query, which may hold what is nobody's business. */
function bare(url: string): string {
  return url.replace(/[?#].*$/, '');
}
