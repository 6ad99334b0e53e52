import type { Logger } from 'pino';
import { NIL } from 'uuid';
import type { Config } from '../config/config.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import { createGuardedFetch, createTokens, isLoopback, signOperatorToken } from '../http/index.ts';
import { ClewError, type Scope } from '../model/index.ts';
import { type Project, watchProject } from '../project/index.ts';
import { agentsOf, type Stage } from './agents.ts';
import { REAL_CLOCK } from './clock.ts';
import { watchClock } from './clock-watch.ts';
import { createDatabaseLog } from './database-log.ts';
import { embeddingsOf } from './embeddings.ts';
import { facesOf } from './faces.ts';
import { openFiles } from './files.ts';
import { identityOf } from './identity.ts';
import { createLog } from './log.ts';
import { retentionOf } from './retention.ts';
import { shieldOf } from './shield.ts';
import { openStorage, type Storage } from './storage.ts';
import { VERSION } from './version.ts';
import { webhooksOf } from './webhooks.ts';

/** A server that is put together but does not listen yet. */
export interface ClewServer {
  readonly engine: Engine;
  /** The project as it was last read, with everything that was found in it. */
  readonly project: Project;
  /** Who may see everything of this installation. */
  readonly operator: Scope;
  /** A token of five minutes that makes its bearer the operator. */
  operatorToken(): Promise<string>;
  /** Starts to work and to listen. Rejects with one clear sentence (a taken port, …); the server is then closed. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /**
   * Says in `/health` that it is about to stop, and goes on as before. Resolves when a load balancer has had `server.drainMs` to hear of it; at once when none asks.
   * `close` is the next step.
   */
  drain(): Promise<void>;
  /** Stops to accept, lets runs end within the grace, releases leases, ends streams, closes the store. Safe to call twice. */
  close(): Promise<void>;
}

/** Beside the configuration. */
export interface ServerOptions {
  /** Default: made from `config.log`. */
  readonly log?: Logger;
  /** Read the project again when its files change. Default false. */
  readonly watch?: boolean;
  /** Plays agents with other models and tools than their own. Default: they have their own. */
  readonly stage?: Stage;
  /** Told after the project was read again. */
  readonly onReload?: (project: Project, changed: readonly string[]) => void;
}

/**
 * Chooses the adapters and puts the server together. Rejects with a `ClewError` whose message is one clear sentence when the database cannot be
 * used, and leaves nothing open.
 */
export async function createServer(config: Config, options: ServerOptions = {}): Promise<ClewServer> {
  const log = options.log ?? createLog(config.log);
  if (config.server.role !== 'all' && config.storage.url === null) {
    throw new ClewError(
      'invalid_request',
      'An SQLite file belongs to one process, which does everything. Set `storage.url` to a PostgreSQL database, or take away `server.role`.',
    );
  }
  const storage = await openStorage(config.storage, log);
  try {
    return await assemble({ config, options, log, storage });
  } catch (error) {
    await storage.notifier.close();
    // A damaged file may refuse that too; what broke first counts.
    await storage.store.close().catch(() => {});
    throw storage.explain(error);
  }
}

async function assemble(parts: {
  config: Config;
  options: ServerOptions;
  log: Logger;
  storage: Storage;
}): Promise<ClewServer> {
  const { config, options, storage } = parts;
  const { notifier } = storage;
  const check = () => storage.store.check();
  const databaseLog = createDatabaseLog({ log: parts.log, clock: REAL_CLOCK, check });
  const { log } = databaseLog;
  const embeddings = embeddingsOf({ config, index: storage.knowledge, log });
  const knowledge = embeddings.index;
  const secret = await storage.secret();
  let publicUrl = config.server.publicUrl ?? '';
  const shield = shieldOf({ config, store: storage.store, log });
  const files = openFiles(
    config,
    { store: storage.store, knowledge },
    { secret, publicUrl: () => publicUrl, log, uploads: shield.uploads },
  );
  const { store } = files;
  const tenantId = await installationTenant(store);
  const agents = await agentsOf({ config, stage: options.stage, log, embeddings, attachments: files.attachments });
  const fetchText = createGuardedFetch({ hosts: config.acpHistoryHosts?.split(/[,\s]+/).filter(Boolean) ?? [] });
  const engine = createEngine({
    admission: shield.admission,
    store,
    notifier,
    clock: REAL_CLOCK,
    agents: agents.directory,
    settings: { ...config.engine, queueShare: shareOf(config) },
    openPayload: (sealed) => identity.openPayload(sealed),
    fetchJson: async (url) => JSON.parse(await fetchText(url)),
    onDefect: (err, about) => log.error({ err, ...about }, 'something broke'),
  });
  // A rehearsal tells nobody.
  const webhooks = webhooksOf({ config: options.stage ? { ...config, webhooks: [] } : config, store, log });
  const tokens = createTokens({
    secret,
    tenantId,
    clock: REAL_CLOCK,
    ttlSeconds: config.auth.tokenSeconds,
  });
  const identity = identityOf({
    ...{ config, tenantId, tokens, secret, store, log },
    publicUrl: () => publicUrl,
    isPaused: shield.isPaused,
    admitSignOut: shield.admitSignOut,
  });
  const retention = retentionOf({ config, tenantId, store, files: files.all, engine, notifier, identity, log });
  const faces = facesOf({
    ...{ config, tenantId, secret, store, log, fetchText, engine, identity, tokens, shield, retention, webhooks },
    files: files.desk,
    publicUrl: () => publicUrl,
  });

  let reading = Promise.resolve();
  const watcher = options.watch
    ? watchProject(config.project, (changed) => {
        reading = reading.then(() => reload(changed));
      })
    : undefined;

  async function reload(changed: readonly string[]): Promise<void> {
    try {
      const project = await agents.reload();
      options.onReload?.(project, changed);
    } catch (err) {
      log.error({ err }, 'the project could not be read again; the agents stay as they were');
    }
  }

  let endClockWatch = () => {};
  let closing: Promise<void> | undefined;
  async function shut(): Promise<void> {
    watcher?.close();
    databaseLog.close();
    endClockWatch();
    const { graceMs } = config.server;
    // From then on nobody waits long for a database that does not answer: leases run out by themselves.
    storage.giveUpAfter(graceMs + ANSWER_MS);
    // All have the same grace: requests end because the engine ends their runs.
    const ending = [reading, retention.stop(), engine.stop(graceMs), webhooks.stop(graceMs)];
    await Promise.all([faces.http, faces.acpHttp].map((one) => one?.close(graceMs + 500)));
    await Promise.all(ending);
    await agents.close();
    await embeddings.index.close();
    await notifier.close();
    await files.close();
    await store.close();
  }

  const server: ClewServer = {
    engine,
    get project() {
      return agents.project;
    },
    operator: { tenantId, userId: NIL, userName: 'operator', audience: 'operator' },
    operatorToken: () => signOperatorToken(secret, REAL_CLOCK.now()),
    async start() {
      try {
        await files.check();
        embeddings.start();
        if (config.server.role !== 'api') {
          engine.start();
          retention.start();
        }
        await webhooks.start();
        const address = await faces.http.listen();
        endClockWatch = watchClock(config, log, REAL_CLOCK.now);
        publicUrl = address.url;
        if (identity.anyOpen && !staysHere(config)) log.warn(OPEN_TO_ALL);
        const acpUrl = (await faces.acpHttp?.listen())?.url;
        log.info(
          { url: address.url, ...(acpUrl ? { acpUrl } : {}), agents: agents.directory.list().length, version: VERSION },
          'serving',
        );
        return address;
      } catch (error) {
        await server.close();
        throw storage.explain(error);
      }
    },
    async drain() {
      // Whoever only works is sent no requests.
      const ms = config.server.role === 'worker' ? 0 : config.server.drainMs;
      await faces.readiness.drain(ms);
    },
    close() {
      closing ??= shut();
      return closing;
    },
  };
  return server;
}

/** How long after the grace what a server leaves behind may take: what is said last, and the leases. */
const ANSWER_MS = 3_000;

/** One channel alone may have the whole queue. */
function shareOf({ channels, engine }: Config): number {
  return Object.keys(channels).length > 1 ? engine.queueShare : 100;
}

const OPEN_TO_ALL =
  'an open channel can be reached from other machines: whoever does is the operator; give every channel another mode in clew.config.yaml';

function staysHere({ server: { host, publicUrl } }: Config): boolean {
  return isLoopback(host) && (publicUrl === null || isLoopback(new URL(publicUrl).hostname));
}

/** UUID of the tenant that this installation is, the same for as long as its database lives. */
async function installationTenant(store: Storage['store']): Promise<string> {
  return String(await store.keepSetting('tenant', REAL_CLOCK.id()));
}
