import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import { createGuardedFetch, createHttp, createTokens } from '../http/index.ts';
import { ClewError } from '../model/index.ts';
import { createDirectory, type Finding, type Project, watchProject } from '../project/index.ts';
import { createRuntimes } from '../runtimes/index.ts';
import { createLocalNotifier } from '../storage/sqlite/notifier.ts';
import { explainDatabase } from '../storage/sqlite/open.ts';
import { openSqlite } from '../storage/sqlite/store.ts';
import { createAcpWire, labelCollision } from '../wires/acp/index.ts';
import { createOrchestrateWire } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { indexKnowledge } from './knowledge.ts';
import { createLog } from './log.ts';
import { builtPages } from './pages.ts';
import { readProject } from './read-project.ts';
import { installationSecret } from './secret.ts';
import { VERSION } from './version.ts';

/** A server that is put together but does not listen yet. */
export interface ClewServer {
  readonly engine: Engine;
  /** The project as it was last read, with everything that was found in it. */
  readonly project: Project;
  /** Starts to work and to listen. Rejects with one clear sentence (a taken port, …); the server is then closed. */
  start(): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops to accept, lets runs end within the grace, releases leases, ends streams, closes the store. Safe to call twice. */
  close(): Promise<void>;
}

/** Beside the configuration. */
export interface ServerOptions {
  /** Default: made from `config.log`. */
  readonly log?: Logger;
  /** Read the project again when its files change. Default false. */
  readonly watch?: boolean;
  /** Told after the project was read again. */
  readonly onReload?: (project: Project, changed: readonly string[]) => void;
}

/**
 * Chooses the adapters and puts the server together. Rejects with a `ClewError` whose message is one clear sentence when the database cannot be
 * used, and leaves nothing open.
 */
export async function createServer(config: Config, options: ServerOptions = {}): Promise<ClewServer> {
  const log = options.log ?? createLog(config.log);
  const { store, knowledge } = openSqlite(config.storage);
  try {
    return await assemble({ config, options, log, store, knowledge });
  } catch (error) {
    // A damaged file may refuse that too; what broke first counts.
    await store.close().catch(() => {});
    throw explainDatabase(error);
  }
}

type Storage = ReturnType<typeof openSqlite>;

async function assemble(parts: { config: Config; options: ServerOptions; log: Logger } & Storage): Promise<ClewServer> {
  const { config, options, log, store, knowledge } = parts;
  const tenantId = await installationTenant(store);
  const runtimeOf = createRuntimes({ index: knowledge });
  const directory = createDirectory({
    runtimeFor: (agent, { module }) => runtimeOf(agent, module),
    defaultAgent: config.defaultAgent,
  });

  async function load(): Promise<Project> {
    const read = await readProject(config);
    const collision = labelCollision(read.agents.map(({ agent }) => agent));
    if (collision) throw new ClewError('invalid_request', collision);
    const findings: Finding[] = [...read.findings, ...(await indexKnowledge(knowledge, read))];
    directory.replace(read);
    return { ...read, findings };
  }

  let project = await load();
  const notifier = createLocalNotifier();
  const engine = createEngine({
    store,
    notifier,
    clock: REAL_CLOCK,
    agents: directory,
    settings: config.engine,
    onDefect: (err, about) => log.error({ err, ...about }, 'something broke'),
  });
  const tokens = createTokens({
    secret: installationSecret(config.storage.file),
    tenantId,
    clock: REAL_CLOCK,
    ttlSeconds: config.auth.tokenSeconds,
  });
  const broken = (err: unknown, about: object) => log.error({ err, ...about }, 'a stream broke');
  const orchestrate = createOrchestrateWire({
    engine,
    tokens,
    info: { version: VERSION, defaultTenant: { id: tenantId, name: 'local' } },
    onDefect: broken,
  });
  let publicUrl = config.server.publicUrl ?? '';
  const acp = createAcpWire({
    engine,
    info: { publicUrl: () => publicUrl },
    fetchText: createGuardedFetch({ hosts: config.acpHistoryHosts?.split(/[,\s]+/).filter(Boolean) ?? [] }),
    onDefect: broken,
  });
  const face = {
    identify: tokens.identify,
    config: { ...config.server, ...config.limits },
    log,
    clock: REAL_CLOCK,
    version: VERSION,
    check: () => store.check(),
  };
  const http = createHttp({ ...face, wires: [orchestrate, acp], pages: builtPages() });
  const acpHttp =
    config.acpPort === null
      ? undefined
      : createHttp({ ...face, wires: [acp], config: { ...face.config, port: config.acpPort, publicUrl: null } });

  let reading = Promise.resolve();
  const watcher = options.watch
    ? watchProject(config.project, (changed) => {
        reading = reading.then(() => reload(changed));
      })
    : undefined;

  async function reload(changed: readonly string[]): Promise<void> {
    try {
      project = await load();
      options.onReload?.(project, changed);
    } catch (err) {
      log.error({ err }, 'the project could not be read again; the agents stay as they were');
    }
  }

  let closing: Promise<void> | undefined;
  async function shut(): Promise<void> {
    watcher?.close();
    await reading;
    // Both have the same grace: requests end because the engine ends their runs.
    const stopped = engine.stop(config.server.graceMs);
    await Promise.all([http, acpHttp].map((one) => one?.close(config.server.graceMs + 500)));
    await stopped;
    await notifier.close();
    await store.close();
  }

  const server: ClewServer = {
    engine,
    get project() {
      return project;
    },
    async start() {
      engine.start();
      try {
        const address = await http.listen();
        publicUrl = address.url;
        const acpUrl = (await acpHttp?.listen())?.url;
        log.info(
          { url: address.url, ...(acpUrl ? { acpUrl } : {}), agents: directory.list().length, version: VERSION },
          'serving',
        );
        return address;
      } catch (error) {
        await server.close();
        throw error;
      }
    },
    close() {
      closing ??= shut();
      return closing;
    },
  };
  return server;
}

/** UUID of the tenant that this installation is, the same for as long as its database lives. */
async function installationTenant(store: Storage['store']): Promise<string> {
  const known = await store.readSetting('tenant');
  if (typeof known === 'string') return known;
  const id = REAL_CLOCK.id();
  await store.writeSetting('tenant', id);
  return id;
}
