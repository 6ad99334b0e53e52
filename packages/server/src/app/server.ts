import type { Logger } from 'pino';
import { NIL } from 'uuid';
import type { Config } from '../config/config.ts';
import { readVariable } from '../config/environment.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import {
  createApprovalLinks,
  createGuardedFetch,
  createHttp,
  createReadiness,
  createTokens,
  isLoopback,
  signOperatorToken,
} from '../http/index.ts';
import { type Agent, ClewError, type Scope } from '../model/index.ts';
import type { Runtime, Tool, Toolbox } from '../ports/index.ts';
import { createDirectory, formatFinding, type Project, watchProject } from '../project/index.ts';
import { createRuntimes, createToolbox, type RuntimesOptions } from '../runtimes/index.ts';
import { createRemoteRuntime } from '../runtimes/remote/index.ts';
import { createAcpWire } from '../wires/acp/index.ts';
import { createApprovalPages } from '../wires/approvals/index.ts';
import { createOrchestrateWire } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { embeddingsOf } from './embeddings.ts';
import { formBytes, openFiles } from './files.ts';
import { identityOf, NO_TOKENS } from './identity.ts';
import { indexKnowledge } from './knowledge.ts';
import { createLog } from './log.ts';
import { metricsText } from './metrics.ts';
import { builtPages } from './pages.ts';
import { readProject } from './read-project.ts';
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

/** Other models, tools and remote agents than those of the project. */
export interface Stage {
  readonly openModel: NonNullable<RuntimesOptions['openModel']>;
  tool(tool: Tool): Tool;
  remote(agent: Agent): Runtime;
}

/** On a stage nothing is asked of anybody: a variable of the environment that is not set leaves no agent out. Reads as an address and as a key. */
const NOT_SET = 'http://not-set.invalid';

/** Beside the configuration. */
export interface ServerOptions {
  /** Default: made from `config.log`. */
  readonly log?: Logger;
  /** Read the project again when its files change. Default false. */
  readonly watch?: boolean;
  /** Told after the project was read again. */
  /** Plays agents with other models and tools than their own. Default: they have their own. */
  readonly stage?: Stage;
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
  const { config, options, log, storage } = parts;
  const { notifier } = storage;
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
  const { writeOnly, readWrite, admin } = config.approvals;
  const toolbox = createToolbox({
    asks: {
      read_only: false,
      write_only: writeOnly === 'ask',
      read_write: readWrite === 'ask',
      admin: admin === 'ask',
    },
    approval: { expiresMs: config.approvals.expireMs, onExpiry: config.approvals.onExpiry },
    onTrouble: (trouble) => log.warn(trouble, 'a toolkit could not be worked with'),
  });
  const { stage } = options;
  const runtimeOf = createRuntimes({
    index: knowledge,
    ...(stage ? { openModel: stage.openModel } : {}),
    toolbox: stage ? staged(toolbox, stage.tool) : toolbox,
    attachments: files.attachments,
    providers: config.models,
    describeBase: (base) => project.knowledgeBases.find(({ name }) => name === base)?.description ?? '',
    colleagues: { find: (name) => directory.find(name), runtime: (agent) => directory.runtime(agent) },
    findPlugin: (name) => project.plugins.find(({ plugin }) => plugin.name === name)?.plugin,
    onDefect: (err, about) => log.error({ err, ...about }, 'something broke'),
    onTrouble: (trouble) => log.warn(trouble, 'a model could not be worked with'),
  });
  const onTrouble = (trouble: object) => log.warn(trouble, 'a remote agent could not be worked with');
  const directory = createDirectory({
    runtimeFor: (agent, { module, remote }) =>
      remote ? (stage?.remote(agent) ?? createRemoteRuntime({ ...remote, onTrouble })) : runtimeOf(agent, module),
    defaultAgent: config.defaultAgent,
  });

  /** The project with what can be served of it taken over. `before` stays, but for the findings, when two agents exclude each other. */
  async function load(before?: Project): Promise<Project> {
    const { collision, ...read } = await readProject(config, stage && ((name) => readVariable(name) ?? NOT_SET));
    if (collision && before) return { ...before, findings: read.findings };
    if (collision) throw new ClewError('invalid_request', formatFinding(collision));
    embeddings.follow(read);
    const findings = [...read.findings, ...(await indexKnowledge(knowledge, read))];
    directory.replace(read);
    toolbox.replace({
      tools: read.tools.map(({ tool }) => tool),
      toolkits: read.toolkits.map(({ server }) => server),
    });
    return { ...read, findings };
  }

  let project = await load();
  const fetchText = createGuardedFetch({ hosts: config.acpHistoryHosts?.split(/[,\s]+/).filter(Boolean) ?? [] });
  const engine = createEngine({
    admission: shield.admission,
    store,
    notifier,
    clock: REAL_CLOCK,
    agents: directory,
    settings: { ...config.engine, queueShare: shareOf(config) },
    openPayload: (sealed) => identity.openPayload(sealed),
    fetchJson: async (url) => JSON.parse(await fetchText(url)),
    onDefect: (err, about) => log.error({ err, ...about }, 'something broke'),
  });
  // A rehearsal tells nobody.
  const webhooks = webhooksOf({ config: stage ? { ...config, webhooks: [] } : config, store, log });
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
  });
  const retention = retentionOf({ config, tenantId, store, files: files.all, engine, notifier, identity, log });
  const broken = (err: unknown, about: object) => log.error({ err, ...about }, 'a stream broke');
  const approvalLinks = createApprovalLinks({ secret, publicUrl: () => publicUrl, clock: REAL_CLOCK });
  const readiness = createReadiness(REAL_CLOCK);
  const orchestrate = createOrchestrateWire({
    engine,
    readiness,
    approvals: { link: (about, seconds) => approvalLinks.make(about, seconds) },
    tokens: identity.anyOpen ? tokens : NO_TOKENS,
    identity: identity.desk,
    channels: shield.channels,
    erasures: retention.desk,
    webhooks,
    files: files.desk,
    info: { version: VERSION, defaultTenant: { id: tenantId, name: 'local' } },
    onDefect: broken,
  });
  const acp = createAcpWire({
    engine,
    info: { publicUrl: () => publicUrl },
    fetchText,
    onDefect: broken,
  });
  const face = {
    identify: identity.identify,
    origins: identity.origins,
    addressOf: shield.addressOf,
    openRequests: shield.openRequests,
    allowRemote: config.server.allowOpen || !identity.anyOpen,
    config: { ...config.server, ...config.limits, formBytes: formBytes(config.limits) },
    log,
    clock: REAL_CLOCK,
    version: VERSION,
    check: () => store.check(),
    readiness,
    metrics: async () =>
      metricsText({
        version: VERSION,
        worker: engine.workerId,
        node: engine.measure(),
        queue: await store.measureQueue().catch(() => undefined),
        at: REAL_CLOCK.now(),
      }),
  };
  const http = createHttp(
    config.server.role === 'worker'
      ? { ...face, wires: [] } // Whoever watches it asks for /health.
      : {
          ...face,
          wires: [orchestrate, acp, createApprovalPages({ engine, read: approvalLinks.read })],
          pages: builtPages(),
        },
  );
  const acpHttp =
    config.acpPort === null || config.server.role === 'worker'
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
      project = await load(project);
      options.onReload?.(project, changed);
    } catch (err) {
      log.error({ err }, 'the project could not be read again; the agents stay as they were');
    }
  }

  let closing: Promise<void> | undefined;
  async function shut(): Promise<void> {
    watcher?.close();
    await Promise.all([reading, retention.stop()]);
    // Both have the same grace: requests end because the engine ends their runs.
    const stopped = engine.stop(config.server.graceMs);
    const told = webhooks.stop(config.server.graceMs);
    await Promise.all([http, acpHttp].map((one) => one?.close(config.server.graceMs + 500)));
    await Promise.all([stopped, told]);
    await toolbox.close();
    await embeddings.index.close();
    await notifier.close();
    await files.close();
    await store.close();
  }

  const server: ClewServer = {
    engine,
    get project() {
      return project;
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
        const address = await http.listen();
        publicUrl = address.url;
        if (identity.anyOpen && !staysHere(config)) log.warn(OPEN_TO_ALL);
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
    async drain() {
      // Whoever only works is sent no requests.
      const ms = config.server.role === 'worker' ? 0 : config.server.drainMs;
      await readiness.drain(ms);
    },
    close() {
      closing ??= shut();
      return closing;
    },
  };
  return server;
}

/** Tools as a stage has them. */
function staged(toolbox: Toolbox, tool: (tool: Tool) => Tool): Toolbox {
  const resolve: Toolbox['resolve'] = async (names, signal) => (await toolbox.resolve(names, signal)).map(tool);
  return { resolve, close: () => toolbox.close() };
}

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
