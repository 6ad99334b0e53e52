import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '../model/index.ts';
import type { Wire } from '../wires/endpoint.ts';
import type { AddressOf } from './address.ts';
import { announcesTooMuch } from './body.ts';
import { answer, bodyLimit, type ExchangeOptions } from './exchange.ts';
import { ANY_ORIGIN, type OriginGuard } from './identity/origins.ts';
import { listen, refuseRemote, urlOf } from './listen.ts';
import type { Log, Ticker } from './log.ts';
import type { OpenRequests } from './open-requests.ts';
import { createOperations } from './operations.ts';
import type { Pages } from './pages.ts';
import type { Identify } from './principal.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRoutes } from './routes.ts';
import { createTransport, type TransportLimits } from './transport.ts';

export interface HttpOptions {
  /** Protocols to serve. Of two that have the same path the earlier one gets it; the first words the errors of unknown paths. */
  readonly wires: readonly Wire[];
  readonly identify: Identify;
  /** Which pages may use the server. Default: all. */
  readonly origins?: OriginGuard;
  /** Where a request comes from. Default: not known, so that nothing is counted by address. */
  readonly addressOf?: AddressOf;
  /** Largest request body of a caller, files apart. Default: `config.bodyBytes` for everybody, which goes before a larger one. */
  readonly bodyBytesOf?: (scope: Scope) => number;
  /** Default: there may be any number of requests at once. */
  readonly openRequests?: OpenRequests;
  readonly config: HttpConfig;
  readonly log: Log;
  readonly clock: Ticker;
  /** Shown by `/health` and `/openapi.json`. */
  readonly version: string;
  /** Files to show. Default none. */
  readonly pages?: Pages;
  /** Rejects when the server cannot work; `/health` then answers 503. Default: it always can. */
  readonly check?: () => Promise<void>;
  /** While it drains, `/health` answers 503 and connections end after their answer. Default: it never does. */
  readonly readiness?: Readiness;
  /** The text of `/metrics`. Default: there is none. */
  readonly metrics?: () => Promise<string>;
  /** Listen on an address that other machines reach. Default false. */
  readonly allowRemote?: boolean;
}

export interface HttpConfig extends TransportLimits {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Largest request body. */
  readonly bodyBytes: number;
  /** Largest form with files. Default: `bodyBytes`. */
  readonly formBytes?: number;
  /** Address for clients, without a slash at the end; null: from host and port. */
  readonly publicUrl: string | null;
}

export interface Http {
  /** Rejects with a `ListenError`. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Stops to accept at once, lets requests that are being answered end within the grace, then cuts what is left. Resolves when no
   * connection is open. Safe to call twice, and before `listen`.
   */
  close(graceMs: number): Promise<void>;
  /** Requests being answered, open streams included. */
  readonly inFlight: number;
}

export function createHttp(options: HttpOptions): Http {
  const { config, log } = options;
  let publicUrl = config.publicUrl;
  let inFlight = 0;
  let closing: Promise<void> | undefined;
  let settled: (() => void) | undefined;

  const { readiness = createReadiness(options.clock) } = options;
  const operations = createOperations({
    readiness,
    wires: options.wires,
    version: options.version,
    url: () => publicUrl ?? '',
    check: options.check,
    metrics: options.metrics,
  });
  const exchange: ExchangeOptions = {
    routes: createRoutes([...options.wires, operations.wire]),
    pageAt: (path) => (path === '/docs' ? operations.docs() : options.pages?.get(path)),
    defaultWire: options.wires[0] ?? operations.wire,
    identify: options.identify,
    origins: options.origins ?? ANY_ORIGIN,
    addressOf: options.addressOf ?? (() => undefined),
    openRequests: options.openRequests ?? { enter: () => () => {} },
    bodyBytes: config.bodyBytes,
    bodyBytesOf: options.bodyBytesOf ?? (() => config.bodyBytes),
    formBytes: config.formBytes ?? config.bodyBytes,
    log,
    clock: options.clock,
  };

  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    inFlight++;
    if (closing || readiness.draining) outgoing.shouldKeepAlive = false;
    outgoing.on('close', () => {
      inFlight--;
      if (!closing) return;
      server.closeIdleConnections();
      if (inFlight === 0) settled?.();
    });
    answer(incoming, outgoing, exchange).catch((error: unknown) => {
      log.error({ err: error }, 'an answer could not be written');
      outgoing.destroy();
    });
  };

  const server = createTransport({
    limits: config,
    onRequest,
    mayContinue: (incoming) => !announcesTooMuch(incoming, bodyLimit(incoming, exchange)),
    word: (error) => exchange.defaultWire.error(error, options.clock.id()),
    log,
  });

  return {
    async listen() {
      if (!options.allowRemote) refuseRemote(config.host);
      const port = await listen(server, config);
      publicUrl ??= urlOf(config.host, port);
      return { url: publicUrl, port };
    },
    close(graceMs) {
      closing ??= shut(graceMs);
      return closing;
    },
    get inFlight() {
      return inFlight;
    },
  };

  async function shut(graceMs: number): Promise<void> {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    if (inFlight > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        settled = resolve;
        timer = setTimeout(resolve, graceMs);
      });
      clearTimeout(timer);
    }
    if (inFlight > 0) log.warn({ inFlight }, 'cutting requests that did not end within the grace');
    server.closeAllConnections();
    await closed;
  }
}
