import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig, SETTINGS } from '../../packages/server/src/config/index.ts';
import { works } from '../kit/programs.ts';
import { ROOT } from '../kit/server.ts';

const CHART = join(ROOT, 'deploy/helm/clew');
const read = (path: string) => readFileSync(join(CHART, path), 'utf8');
const hasHelm = works('helm', 'version', '--short');

// biome-ignore lint/suspicious/noExplicitAny: manifests of Kubernetes have shapes of their own
type Manifest = any;

/** What the chart makes of these values, by kind; the error's text where it refuses them. */
function render(...values: string[]): Record<string, Manifest> | string {
  const { status, stdout, stderr } = helm('template', 't', CHART, '--kube-version', '1.31.0', ...values);
  if (status !== 0) return stderr;
  const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  return Object.fromEntries(manifests.filter(Boolean).map((one) => [`${one.kind}/${one.metadata.name}`, one]));
}

function helm(...args: string[]) {
  return spawnSync('helm', args, { encoding: 'utf8' });
}

const several = () => render('--set', 'database.existingSecret=db') as Record<string, Manifest>;

describe('deploy/helm/clew', () => {
  const known = SETTINGS.map((setting) => setting.env as string);

  test('belongs to this version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/server/package.json'), 'utf8'));
    expect(parse(read('Chart.yaml')).appVersion).toBe(version);
  });

  test('sets only what can be set', () => {
    const texts = ['values.yaml', 'templates/configmap.yaml', 'templates/deployment.yaml', 'templates/checks.yaml'];
    // A comment names two that Kubernetes makes up.
    const named = texts.flatMap((path) => read(path).match(/CLEW_[A-Z][A-Z_]*[A-Z]/g) ?? []);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('every value is in its schema, and the other way round', () => {
    const values = parse(read('values.yaml'));
    const schema = JSON.parse(read('values.schema.json'));
    const optional = ['global', 'nameOverride', 'fullnameOverride'];
    expect(Object.keys(schema.properties).filter((name) => !optional.includes(name))).toEqual(Object.keys(values));
    for (const [name, { properties }] of Object.entries(schema.properties) as [string, Manifest][]) {
      if (properties) expect(Object.keys(properties), name).toEqual(Object.keys(values[name]));
    }
  });

  test('its metrics are of the job that the alerts ask for', () => {
    expect(read('templates/podmonitor.yaml')).toMatch(/^ {2}jobLabel: app\.kubernetes\.io\/name$/m);
    expect(read('templates/_names.tpl')).toContain('app.kubernetes.io/name: {{ include "clew.name" . }}');
    const jobs = readFileSync(join(ROOT, 'deploy/prometheus/alerts.yaml'), 'utf8').match(/(?<=job=")[^"]*/g);
    expect([...new Set(jobs)]).toEqual([parse(read('Chart.yaml')).name]);
  });

  test('has no image that is not exact', () => {
    expect(parse(read('values.yaml')).image).toMatchObject({ tag: '', digest: '' });
    expect(read('templates/_names.tpl')).toMatch(/\.Values\.image\.tag \| default \.Chart\.AppVersion/);
  });

  test('asks for what the Pod Security Standard `restricted` wants', () => {
    const { podSecurityContext, securityContext } = parse(read('values.yaml'));
    expect(podSecurityContext).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532 },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('a stranger who keeps probes open does not have nodes restarted, and no second Node is started to wait', () => {
    const deployment = read('templates/deployment.yaml');
    expect(deployment).toMatch(/livenessProbe:\n +httpGet:\n +path: \/health\/alive\n/);
    expect(deployment).not.toMatch(/^ *(preStop|exec):/m);
    expect(read('templates/configmap.yaml')).toMatch(/CLEW_DRAIN_MS: \{\{ mul \.Values\.shutdown\.settleSeconds 1000/);
  });
});

describe.skipIf(!hasHelm)('deploy/helm/clew, by helm (skipped where there is none in PATH)', () => {
  test('lints', () => {
    for (const values of [[], ['--set', 'database.existingSecret=db'], ['--set', 'replicaCount=1']]) {
      const { status, stdout, stderr } = helm('lint', '--strict', '--kube-version', '1.31.0', CHART, ...values);
      expect(status, stdout + stderr).toBe(0);
    }
  });

  test('a node has no rights, writes to volumes alone, and is told of its database by a secret', () => {
    const { spec } = several()['Deployment/t-clew'].spec.template;
    const [container] = spec.containers;
    const values = parse(read('values.yaml'));
    expect(spec.securityContext).toEqual(values.podSecurityContext);
    expect(container.securityContext).toEqual(values.securityContext);
    expect(container.image).toBe(`clew:${parse(read('Chart.yaml')).appVersion}`);
    expect([spec.automountServiceAccountToken, spec.enableServiceLinks]).toEqual([false, false]);
    expect(container.env).toEqual([
      { name: 'CLEW_DATABASE_URL', valueFrom: { secretKeyRef: { name: 'db', key: 'url' } } },
    ]);
    expect(container.volumeMounts.map(({ mountPath }: Manifest) => mountPath)).toEqual(['/data', '/tmp']);
  });

  test('its settings make a configuration, with time to settle, to end and to close before it is killed', () => {
    const made = several();
    const env = made['ConfigMap/t-clew'].data as Record<string, string>;
    const config = loadConfig({ project: join(ROOT, 'examples/starter'), env, terminal: false });
    const { spec } = made['Deployment/t-clew'].spec.template;
    const [{ ports, startupProbe, readinessProbe, livenessProbe }] = spec.containers;
    const { drainMs, graceMs } = config.server;
    expect([drainMs, graceMs]).toEqual([10_000, 20_000]);
    expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThanOrEqual(drainMs + graceMs + 5_000);
    expect(readinessProbe.periodSeconds, 'whom nobody asks does not drain').toBeLessThan(60);
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold, 'a migration').toBeGreaterThanOrEqual(300);
    expect(ports[0].containerPort).toBe(config.server.port);
    expect(readinessProbe.httpGet.path).toBe('/health');
    expect(livenessProbe.httpGet.path, 'a database that is down restarts nobody').toBe('/health/alive');
  });

  test('nodes are replaced one after the other; the only one with a file is stopped before', () => {
    const made = several();
    expect(made['Deployment/t-clew'].spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(made['PodDisruptionBudget/t-clew'].spec.maxUnavailable).toBe(1);
    expect(made['Service/t-clew'].spec.sessionAffinity).toBe('None');
    expect(made['PersistentVolumeClaim/t-clew'].spec.accessModes).toEqual(['ReadWriteMany']);
    const alone = render('--set', 'replicaCount=1') as Record<string, Manifest>;
    expect(alone['Deployment/t-clew'].spec.strategy).toEqual({ type: 'Recreate' });
    expect(alone['PodDisruptionBudget/t-clew']).toBeUndefined();
    expect(alone['PersistentVolumeClaim/t-clew'].spec.accessModes).toEqual(['ReadWriteOnce']);
  });

  test('files of a project lie at their paths', () => {
    const made = render(
      ...['--set', 'database.url=postgres://clew@db/clew', '--set-json'],
      'project.files={"clew.config.yaml":"log: {level: warn}\\n","agents/a.yaml":"  name: a\\n"}',
    ) as Record<string, Manifest>;
    const { volumes, containers } = made['Deployment/t-clew'].spec.template.spec;
    const { items } = volumes.find(({ name }: Manifest) => name === 'project').configMap;
    const { data } = made['ConfigMap/t-clew-project'];
    expect(Object.fromEntries(items.map(({ key, path }: Manifest) => [path, data[key]]))).toEqual({
      'clew.config.yaml': 'log: {level: warn}\n',
      'agents/a.yaml': '  name: a\n',
    });
    expect(containers[0].volumeMounts).toContainEqual({ name: 'project', mountPath: '/project', readOnly: true });
    expect(made['Secret/t-clew-database'].stringData).toEqual({ url: 'postgres://clew@db/clew' });
  });

  test('nodes that only work have no Service, and are asked whether they live as all others', () => {
    const made = render(
      ...['--set', 'database.existingSecret=db,settings.CLEW_ROLE=worker,persistence.existingClaim=chat-clew'],
      ...['--set', 'podMonitor.enabled=true,podMonitor.existingSecret=metrics'],
    ) as Record<string, Manifest>;
    expect(made['Service/t-clew']).toBeUndefined();
    const [{ livenessProbe }] = made['Deployment/t-clew'].spec.template.spec.containers;
    expect(livenessProbe.httpGet.path).toBe('/health/alive');
    const { jobLabel, podMetricsEndpoints } = made['PodMonitor/t-clew'].spec;
    const [endpoint] = podMetricsEndpoints;
    expect(made['Deployment/t-clew'].spec.template.metadata.labels[jobLabel], 'the job of the alerts').toBe('clew');
    expect(endpoint).toMatchObject({
      path: '/metrics',
      authorization: { credentials: { name: 'metrics', key: 'token' } },
    });
  });

  test('a digest goes before a tag, a network policy opens the one port, volumes of others are mounted', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const made = render(
      ...['--set', `database.existingSecret=db,image.digest=${digest},networkPolicy.enabled=true`],
      ...['--set-json', 'extraVolumes=[{"name":"ca","configMap":{"name":"ca"}}]'],
      ...['--set-json', 'extraVolumeMounts=[{"name":"ca","mountPath":"/etc/ca"}]'],
    ) as Record<string, Manifest>;
    const { containers, volumes } = made['Deployment/t-clew'].spec.template.spec;
    expect(containers[0].image).toBe(`clew@${digest}`);
    expect(made['NetworkPolicy/t-clew'].spec.ingress).toEqual([{ ports: [{ port: 'http', protocol: 'TCP' }] }]);
    expect(volumes).toContainEqual({ name: 'ca', configMap: { name: 'ca' } });
    expect(containers[0].volumeMounts).toContainEqual({ name: 'ca', mountPath: '/etc/ca' });
  });

  test('a change of the settings, of the project or of the address of the database starts the nodes again', () => {
    const sums = (...values: string[]) =>
      (render('--set', 'database.url=postgres://a/b', ...values) as Record<string, Manifest>)['Deployment/t-clew'].spec
        .template.metadata.annotations;
    const before = sums();
    expect(sums('--set', 'replicaCount=3')).toEqual(before);
    expect(sums('--set', 'settings.CLEW_LOG_LEVEL=warn')).not.toEqual(before);
    expect(sums('--set-json', 'project.files={"agents/a.yaml":"name: a"}')).not.toEqual(before);
    expect(sums('--set', 'database.url=postgres://a/c')).not.toEqual(before);
  });

  test.each([
    ['several nodes without PostgreSQL', [], /Several nodes need PostgreSQL/],
    ['a setting of the chart itself', ['--set', 'replicaCount=1', '--set-string', 'settings.CLEW_PORT=1'], /CLEW_PORT/],
    [
      'a time to settle beside that of the chart',
      ['--set', 'database.url=postgres://a', '--set-string', 'settings.CLEW_DRAIN_MS=1'],
      /CLEW_DRAIN_MS/,
    ],
    ['an annotation that is no text', ['--set', 'database.url=postgres://a,podAnnotations.a=true'], /want string/],
    [
      'paths that are one key',
      ['--set-json', 'project.files={"a/b":"","a__b":""}', '--set', 'replicaCount=1'],
      /differ only/,
    ],
    ['a worker with a file', ['--set', 'replicaCount=1,settings.CLEW_ROLE=worker'], /worker needs PostgreSQL/],
    ['a value that there is not', ['--set', 'databse.url=x'], /databse/],
    ['files that one node alone sees', ['--set', 'database.url=postgres://a,persistence.enabled=false'], /all nodes/],
  ])('%s is refused', (_, values, message) => {
    expect(render(...values)).toMatch(message);
  });
});
