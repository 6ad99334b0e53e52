import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { RunningEngine } from '../engine/index.ts';
import {
  createApprovalLinks,
  createHttp,
  createReadiness,
  type Http,
  type Identity,
  type Readiness,
  type Tokens,
} from '../http/index.ts';
import type { Store } from '../ports/index.ts';
import type { Webhooks } from '../webhooks/index.ts';
import { createAcpWire } from '../wires/acp/index.ts';
import { createApprovalPages } from '../wires/approvals/index.ts';
import { createOrchestrateWire } from '../wires/orchestrate/index.ts';
import { REAL_CLOCK } from './clock.ts';
import { type Files, formBytes } from './files.ts';
import { NO_TOKENS } from './identity.ts';
import { metricsText } from './metrics.ts';
import { builtPages } from './pages.ts';
import type { Retention } from './retention.ts';
import type { Shield } from './shield.ts';
import { VERSION } from './version.ts';

/** What others see of an installation. */
export interface Faces {
  /** Everything, or on a node that only works `/health` and the metrics. */
  readonly http: Http;
  /** ACP on a port of its own, where the configuration names one. */
  readonly acpHttp: Http | undefined;
  readonly readiness: Readiness;
}

/** The wires of an installation and the HTTP servers that they are mounted on. None listens yet. */
export function facesOf(parts: {
  readonly config: Config;
  readonly tenantId: string;
  readonly secret: Uint8Array;
  readonly store: Store;
  readonly log: Logger;
  readonly engine: RunningEngine;
  readonly identity: Identity;
  readonly tokens: Tokens;
  readonly shield: Shield;
  readonly retention: Retention;
  readonly webhooks: Webhooks;
  readonly files: Files['desk'];
  /** Reads a text from another server, where that may be asked. */
  readonly fetchText: (url: string) => Promise<string>;
  /** Where clients reach the server; empty while that is not known. */
  readonly publicUrl: () => string;
}): Faces {
  const {
    config,
    tenantId,
    secret,
    store,
    log,
    engine,
    identity,
    tokens,
    shield,
    retention,
    webhooks,
    files,
    fetchText,
    publicUrl,
  } = parts;
  const broken = (err: unknown, about: object) => log.error({ err, ...about }, 'a stream broke');
  const approvalLinks = createApprovalLinks({ secret, publicUrl, clock: REAL_CLOCK });
  const readiness = createReadiness(REAL_CLOCK);
  const orchestrate = createOrchestrateWire({
    engine,
    readiness,
    approvals: { link: (about, seconds) => approvalLinks.make(about, seconds) },
    tokens: identity.anyOpen ? tokens : NO_TOKENS,
    anyOpen: identity.anyOpen,
    identity: identity.desk,
    channels: shield.channels,
    erasures: retention.desk,
    webhooks,
    files,
    info: { version: VERSION, defaultTenant: { id: tenantId, name: 'local' } },
    onDefect: broken,
  });
  const acp = createAcpWire({
    engine,
    info: { publicUrl },
    fetchText,
    onDefect: broken,
  });
  const face = {
    identify: identity.identify,
    origins: identity.origins,
    addressOf: shield.addressOf,
    openRequests: shield.openRequests,
    bodyBytesOf: shield.bodyBytesOf,
    allowRemote: config.server.allowOpen || !identity.anyOpen,
    config: { ...config.server, ...config.limits, formBytes: formBytes(config.limits) },
    log,
    clock: REAL_CLOCK,
    version: VERSION,
    async check() {
      try {
        await store.check();
      } catch (err) {
        log.error({ err }, 'this server cannot work');
        throw err;
      }
    },
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
  return { http, acpHttp, readiness };
}
