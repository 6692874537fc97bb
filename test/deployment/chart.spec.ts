/** The Helm chart, as Helm renders it. The renderings are kept here, so that reading them needs no Helm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadAppConfig } from '../../src/app.config.js';
import { KeyRing } from '../../src/kernel/config/key-ring.js';
import { chartDigest, helm, renderings, templateArguments } from '../../scripts/render-chart.mjs';

interface Container {
  readonly image: string;
  readonly args?: string[];
  readonly env?: { name: string; value: string }[];
  readonly envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly ports?: { name: string; containerPort: number }[];
  readonly resources: { requests: object; limits: object };
  readonly securityContext: object;
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { preStop: { exec: { command: string[] } } };
}

interface Probe {
  readonly httpGet: { path: string; port: string };
}

interface Pod {
  readonly metadata: { labels: Record<string, string> };
  readonly spec: {
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: object;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: [Container];
  };
}

/** The fields of all kinds that the tests read. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { name: string; annotations?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly replicas?: number;
    readonly selector?: { matchLabels?: Record<string, string> } & Record<string, string>;
    readonly podSelector?: { matchLabels: Record<string, string> };
    readonly template: Pod;
    readonly scaleTargetRef?: { name: string };
    readonly [more: string]: unknown;
  };
}

const ROOT = join(import.meta.dirname, '..', '..');
/** The parser that Swagger brings along. */
const yaml = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'))('js-yaml') as {
  loadAll(text: string): (Manifest | null)[];
};
const text = (name: string): string => readFileSync(join(import.meta.dirname, 'chart', `${name}.yaml`), 'utf8');
const manifests = (name: string): Manifest[] => yaml.loadAll(text(name)).filter((one) => one !== null);
const hasHelm = spawnSync(helm, ['version']).status === 0;

const all = Object.fromEntries(renderings().map((name) => [name, manifests(name)]));
const ofKind = (name: string, kind: string): Manifest[] => (all[name] ?? []).filter((one) => one.kind === kind);
const one = (name: string, kind: string, called: string): Manifest => {
  const found = ofKind(name, kind).find(({ metadata }) => metadata.name === called);
  if (!found) throw new Error(`The rendering ${name} has no ${kind} ${called}`);
  return found;
};
const containerOf = ({ spec }: Manifest): Container => spec.template.spec.containers[0];
const workloads = (name: string): Manifest[] => [...ofKind(name, 'Deployment'), ...ofKind(name, 'Job')];
const SECRETS = {
  DATABASE_URL: 'postgres://callboard_service:secret@db:5432/callboard',
  CALLBOARD_ADMIN_KEY: 'an-admin-key-of-ones-own',
  CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
};

/** What a container sees, with a Secret of the three values that are needed. */
function environmentOf(name: string, container: Container): Record<string, string> {
  const given = container.envFrom.flatMap(({ configMapRef }) =>
    configMapRef ? Object.entries(one(name, 'ConfigMap', configMapRef.name).data ?? {}) : Object.entries(SECRETS),
  );
  const own = (container.env ?? []).map(({ name: key, value }) => [key, value] as const);
  return { HOST: '0.0.0.0', PORT: '3000', ...Object.fromEntries(given), ...Object.fromEntries(own) };
}

test('the renderings are of the chart as it is: after a change of it, `npm run render:chart` makes them anew', () => {
  for (const name of renderings()) expect(text(name).split('\n', 1)).toEqual([`# chart: ${chartDigest()}`]);
});

(hasHelm ? test : test.skip)('Helm finds nothing wrong with the chart, and renders it as it is kept here', () => {
  for (const name of renderings()) {
    const rendered = execFileSync(helm, templateArguments(name), { encoding: 'utf8' });
    expect(text(name)).toBe(`# chart: ${chartDigest()}\n${rendered}`);
    const values = templateArguments(name).at(-1) ?? '';
    execFileSync(helm, ['lint', '--strict', '--quiet', join(ROOT, 'deploy/helm/callboard'), '--values', values]);
  }
});

(hasHelm ? test : test.skip)('what must be given and is not, is refused by name', () => {
  const chart = join(ROOT, 'deploy/helm/callboard');
  const refusalOf = (...given: string[]): string =>
    spawnSync(helm, ['template', 'x', chart, ...given]).stderr.toString();
  expect(refusalOf('--set', 'existingSecret=callboard')).toContain('publicUrl is missing');
  expect(refusalOf('--set', 'publicUrl=https://messages.example.com')).toContain('existingSecret is missing');
  expect(refusalOf('--set', 'worker.replica=3')).toContain('replica');
});

describe.each(renderings())('The chart with its %s values', (name) => {
  test('starts an api and workers that the service’s own configuration accepts, with the sandbox off', () => {
    for (const role of ['api', 'worker'] as const) {
      const container = containerOf(one(name, 'Deployment', `callboard-${role}`));
      const config = loadAppConfig(environmentOf(name, container));
      expect(config).toMatchObject({
        role,
        sandbox: false,
        publicUrl: 'https://messages.example.com',
        host: '0.0.0.0',
      });
      expect(container.ports).toEqual([{ name: 'http', containerPort: config.port }]);
      expect(config.warnings).toEqual([]);
    }
  });

  test('runs nothing as root, writes to no file, and gives no pod a token of the cluster', () => {
    for (const workload of workloads(name)) {
      const { automountServiceAccountToken, securityContext } = workload.spec.template.spec;
      expect(automountServiceAccountToken).toBe(false);
      const context = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } };
      expect(securityContext).toMatchObject(context);
      expect(containerOf(workload).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(containerOf(workload).resources).toMatchObject({ requests: {}, limits: { memory: expect.any(String) } });
    }
    const image = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    expect(image).toMatch(/^USER 1000:1000$/m);
  });

  test('gives a stop its pause before, the 25 seconds of the service, and some', () => {
    const service = readFileSync(join(ROOT, 'src/kernel/service/run-service.ts'), 'utf8');
    const deadline = Number(/SHUTDOWN_DEADLINE_MS = ([\d_]+)/.exec(service)?.[1]?.replace('_', '')) / 1_000;
    for (const deployment of ofKind(name, 'Deployment')) {
      const pause = Number(containerOf(deployment).lifecycle?.preStop.exec.command.at(-1) ?? 0);
      const given = deployment.spec.template.spec.terminationGracePeriodSeconds;
      expect(given).toBeGreaterThan(pause + deadline);
    }
    expect(containerOf(one(name, 'Deployment', 'callboard-api')).lifecycle).toBeDefined();
  });

  test('asks each pod for its life and its readiness at the routes that it has', () => {
    for (const deployment of ofKind(name, 'Deployment')) {
      const { startupProbe, livenessProbe, readinessProbe } = containerOf(deployment);
      expect([startupProbe?.httpGet, livenessProbe?.httpGet, readinessProbe?.httpGet]).toEqual([
        { path: '/health/live', port: 'http' },
        { path: '/health/live', port: 'http' },
        { path: '/health/ready', port: 'http' },
      ]);
    }
  });

  test('migrates before each install and upgrade, while the old release goes on', () => {
    const [job] = ofKind(name, 'Job');
    expect(job?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    const args = job ? (containerOf(job).args ?? []) : [];
    expect(args).toContain('dist/bundle/main.migrate.js');
    for (const deployment of ofKind(name, 'Deployment')) {
      expect(deployment.spec['strategy']).toEqual({
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
    }
  });

  test('selects exactly its pods wherever it selects: Service, disruption budgets, network policies', () => {
    const pods = workloads(name).map(({ spec }) => spec.template.metadata.labels);
    const met = (selector: Record<string, string>): string[] =>
      pods
        .filter((labels) => Object.entries(selector).every(([key, value]) => labels[key] === value))
        .map((labels) => labels['app.kubernetes.io/component'] ?? '')
        .sort();
    expect(met(one(name, 'Service', 'callboard').spec.selector ?? {})).toEqual(['api']);
    for (const role of ['api', 'worker']) {
      const budget = one(name, 'PodDisruptionBudget', `callboard-${role}`);
      expect(met(budget.spec.selector?.matchLabels ?? {})).toEqual([role]);
      expect(met(one(name, 'NetworkPolicy', `callboard-${role}`).spec.podSelector?.matchLabels ?? {})).toEqual([role]);
      expect(met(one(name, 'Deployment', `callboard-${role}`).spec.selector?.matchLabels ?? {})).toEqual([role]);
    }
    const everywhere = one(name, 'NetworkPolicy', 'callboard-egress').spec.podSelector?.matchLabels ?? {};
    expect(met(everywhere)).toEqual(['api', 'migrate', 'worker']);
  });
});

describe('The chart with everything turned on', () => {
  test('leaves the number of pods to what scales them', () => {
    for (const [kind, role] of [
      ['HorizontalPodAutoscaler', 'api'],
      ['ScaledObject', 'worker'],
    ] as const) {
      expect(one('full', kind, `callboard-${role}`).spec.scaleTargetRef?.name).toBe(`callboard-${role}`);
      expect(one('full', 'Deployment', `callboard-${role}`).spec.replicas).toBeUndefined();
      expect(one('default', 'Deployment', `callboard-${role}`).spec.replicas).toBe(2);
    }
  });

  test('scales workers by the age of the oldest message that could be sent, as Prometheus tells it', () => {
    expect(one('full', 'ScaledObject', 'callboard-worker').spec['triggers']).toEqual([
      {
        type: 'prometheus',
        metricType: 'Value',
        metadata: expect.objectContaining({
          query: 'max(callboard_oldest_waiting_seconds)',
          threshold: '30',
        }) as object,
      },
    ]);
  });

  test('scales workers by a metric that there is', () => {
    const [trigger] = one('full', 'ScaledObject', 'callboard-worker').spec['triggers'] as {
      metadata: { query: string };
    }[];
    const [name = ''] = /callboard_\w+/.exec(trigger?.metadata.query ?? '') ?? [];
    const documented = readFileSync(join(ROOT, 'docs', 'metrics.md'), 'utf8').matchAll(/^\| `(callboard\.\w+)`/gm);
    expect([...documented].map(([, metric = '']) => metric.replace('.', '_'))).toContain(name);
  });

  test('opens webhooks and what links in messages lead to, and nothing else, at the host of the public URL', () => {
    const { rules, tls } = one('full', 'Ingress', 'callboard').spec as unknown as {
      rules: { host: string; http: { paths: { path: string }[] } }[];
      tls: object[];
    };
    expect(rules.map(({ host, http }) => [host, http.paths.map(({ path }) => path)])).toEqual([
      ['messages.example.com', ['/webhook', '/u', '/l', '/f']],
    ]);
    expect(tls).toEqual([{ hosts: ['messages.example.com'], secretName: 'messages-tls' }]);
  });

  test('migrates as the owner of the tables, for the role that the service has', () => {
    const job = one('full', 'Job', 'callboard-migrate');
    expect(containerOf(job).args?.slice(-2)).toEqual(['--grant-to', 'callboard_service']);
    expect(containerOf(job).envFrom).toEqual([{ secretRef: { name: 'callboard-owner' } }]);
    expect(containerOf(one('full', 'Deployment', 'callboard-api')).envFrom).toContainEqual({
      secretRef: { name: 'callboard' },
    });
  });
});
