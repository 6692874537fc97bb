/** The container files and the CI script, checked against what they run: no Docker is needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadAppConfig } from '../src/app.config.js';
import { KeyRing } from '../src/kernel/config/key-ring.js';
import { occupy } from './support/process.js';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Compose {
  readonly services: Record<string, ComposeService | undefined>;
  readonly volumes: Record<string, unknown>;
}

interface ComposeService {
  readonly image?: string;
  readonly profiles?: string[];
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly ports?: string[];
  readonly environment?: Record<string, string>;
  readonly depends_on?: Record<string, { condition: string }> | string[];
  readonly healthcheck?: { test: string[] };
  readonly volumes?: string[];
  readonly deploy?: { replicas: number };
  readonly stop_grace_period?: string;
}

/** The parser that Swagger brings along; merge keys (`<<`) are of YAML 1.1. */
const yaml = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'))('js-yaml') as {
  load(text: string, options: { schema: unknown }): unknown;
  YAML11_SCHEMA: unknown;
};
const compose = yaml.load(read('docker-compose.yml'), { schema: yaml.YAML11_SCHEMA }) as Compose;

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as Compose reads them. */
const VARIABLE = /\$\{(\w+)(?::([-?])([^}]*))?\}/g;

function substituted(text: string, given: Readonly<Record<string, string>>): string {
  return text.replaceAll(VARIABLE, (_, name: string, kind: string | undefined, rest: string) => {
    if (given[name]) return given[name];
    if (kind === '?') throw new Error(`required variable ${name} ${rest}`);
    return rest ?? '';
  });
}

const SECRETS = {
  POSTGRES_PASSWORD: 'letters4nd5digits',
  CALLBOARD_ADMIN_KEY: 'an-admin-key-of-ones-own',
  CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
};

const TWILIO = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-real-token' };
const SES = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIA0000', AWS_SECRET_ACCESS_KEY: 'a-real-secret' };
const PLIVO = { PLIVO_AUTH_ID: `MA${'1'.repeat(18)}`, PLIVO_AUTH_TOKEN: 'hunter2-token' };
const SENDGRID = { SENDGRID_API_KEY: 'SG.hunter2-key' };
const RESEND = { RESEND_API_KEY: 're_a_real_key' };

/** What a process of the service sees: the image's variables, then those of docker-compose.yml. */
function environmentOf(name: string, given: Readonly<Record<string, string>> = SECRETS): Record<string, string> {
  const own = Object.entries(compose.services[name]?.environment ?? {});
  return { ...imageEnvironment(), ...Object.fromEntries(own.map(([key, text]) => [key, substituted(text, given)])) };
}

/** The names that the configuration asks for. */
function knownVariables(): Set<string> {
  const asked = new Set<string>();
  const environment: Record<string, string> = {
    ...environmentOf('api'),
    ...TWILIO,
    ...SES,
    ...PLIVO,
    ...SENDGRID,
    ...RESEND,
  };
  loadAppConfig(
    new Proxy(environment, {
      get: (values, name) => {
        asked.add(String(name));
        return values[String(name)];
      },
    }),
  );
  return asked;
}

/** The instructions of the Dockerfile, in order, each on one line. */
const instructions = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line));
const instruction = (word: string): string => instructions.findLast((line) => line.startsWith(`${word} `)) ?? '';
const commandIn = (line: string): string[] => JSON.parse(line.slice(line.indexOf('['))) as string[];

function imageEnvironment(): Record<string, string> {
  const [, ...pairs] = instruction('ENV').split(' ');
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

describe('docker-compose.yml', () => {
  const deployed = (name: string, given?: Record<string, string>) => loadAppConfig(environmentOf(name, given));

  test('runs one api and two workers on PostgreSQL 18 and Valkey', () => {
    const started = Object.entries(compose.services).filter(([, service]) => !service?.profiles);
    expect(started.map(([name]) => name).sort()).toEqual(['api', 'postgres', 'valkey', 'worker']);
    expect([deployed('api').role, deployed('worker').role]).toEqual(['api', 'worker']);
    expect(compose.services['worker']?.deploy?.replicas).toBe(2);
    expect(compose.services['postgres']?.image).toMatch(/^postgres:18\b/);
    expect(compose.services['valkey']?.image).toMatch(/^valkey\/valkey:8\b/);
  });

  test.each(['api', 'worker'])('gives the %s only variables that the service reads', (name) => {
    const known = knownVariables();
    const given = Object.keys(compose.services[name]?.environment ?? {});
    expect(given.filter((variable) => !known.has(variable))).toEqual([]);
  });

  test.each(['api', 'worker'])('lets every documented variable be set for the %s, in .env', (name) => {
    const documented = [...read('docs/configuration.md').matchAll(/^\| `([A-Z][A-Z_0-9]+)`/gm)].map(
      ([, one = '']) => one,
    );
    const ofTheImage = ['PORT', 'HOST', 'CALLBOARD_HOME'];
    const given = Object.keys(compose.services[name]?.environment ?? {});
    expect(documented.length).toBeGreaterThan(20);
    expect(documented.filter((one) => !given.includes(one) && !ofTheImage.includes(one))).toEqual([]);
  });

  test('opens the api to this machine only, since the sandbox asks for no key', () => {
    expect(compose.services['api']?.ports).toEqual(['127.0.0.1:3000:3000']);
    const published = Object.values(compose.services).flatMap((service) => service?.ports ?? []);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    for (const name of ['postgres', 'valkey', 'worker']) expect(compose.services[name]).not.toHaveProperty('ports');
  });

  test('lets the service write to no file and do nothing that only root may', () => {
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    }
  });

  test('has Prometheus and Grafana in a profile, reading every process by the folders of deploy/', () => {
    const { prometheus, grafana } = compose.services;
    expect([prometheus?.profiles, grafana?.profiles]).toEqual([['monitoring'], ['monitoring']]);
    const mounted = [prometheus, grafana]
      .flatMap((service) => service?.volumes ?? [])
      .map((volume) => volume.split(':'));
    for (const [from = '', into = '', mode] of mounted) {
      if (!from.startsWith('./')) expect(compose.volumes).toHaveProperty([from]);
      else expect([existsSync(join(ROOT, from)), into.startsWith('/'), mode]).toEqual([true, true, 'ro']);
    }
    const { scrape_configs: jobs } = yaml.load(read('deploy/prometheus/prometheus.yml'), {
      schema: yaml.YAML11_SCHEMA,
    }) as { scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[] };
    const [found] = jobs.flatMap((job) => job.dns_sd_configs);
    expect(found).toMatchObject({ names: ['api', 'worker'], port: deployed('api').port });
    const { datasources } = yaml.load(read('deploy/grafana/provisioning/datasources/prometheus.yml'), {
      schema: yaml.YAML11_SCHEMA,
    }) as { datasources: { url: string }[] };
    expect(compose.services).toHaveProperty([new URL(datasources[0]?.url ?? '').hostname]);
    const { providers } = yaml.load(read('deploy/grafana/provisioning/dashboards/callboard.yml'), {
      schema: yaml.YAML11_SCHEMA,
    }) as { providers: { options: { path: string } }[] };
    expect(mounted.map(([, into]) => into)).toContain(providers[0]?.options.path);
  });

  test('api and workers differ in their role only, and find the database, the queue and the api by their names', () => {
    const [{ role: _api, ...api }, { role: _worker, ...worker }] = [deployed('api'), deployed('worker')];
    expect(worker).toEqual(api);
    const database = new URL(api.databaseUrl ?? '');
    const made = environmentOf('postgres');
    expect(compose.services).toHaveProperty([database.hostname]);
    expect([database.username, database.pathname, database.password]).toEqual([
      made['POSTGRES_USER'],
      `/${made['POSTGRES_DB']}`,
      made['POSTGRES_PASSWORD'],
    ]);
    expect(compose.services).toHaveProperty([new URL(api.queueUrl ?? '').hostname]);
    expect(new URL(api.publicUrl)).toMatchObject({ hostname: 'api', port: String(api.port) });
    expect(api.host).toBe('0.0.0.0');
  });

  test('has a deployment for test keys in a profile, which shares no secret and no database with the live one', () => {
    const keys = { CALLBOARD_TEST_ADMIN_KEY: 'the-admin-key-for-tests', CALLBOARD_TEST_URL: 'http://test:3000' };
    const ring = { CALLBOARD_TEST_ENCRYPTION_KEYS: `t1:${Buffer.alloc(32, 7).toString('base64')}` };
    const given = { ...SECRETS, ...keys, ...ring, ...TWILIO, ...SES };
    const [test, api] = [deployed('test', given), deployed('api', given)];
    expect(test).toMatchObject({ mode: 'test', sandbox: true, role: 'all', warnings: [] });
    expect(api).toMatchObject({ mode: 'live', sandbox: false });
    expect(api.testDeployment).toEqual({ url: test.publicUrl, adminKey: test.adminKey });
    expect([test.adminKey, test.encryptionKeys]).not.toContain(api.adminKey);
    expect(test.encryptionKeys).not.toBe(api.encryptionKeys);
    expect(new URL(test.databaseUrl ?? '').hostname).not.toBe(new URL(api.databaseUrl ?? '').hostname);
    expect(compose.services).toHaveProperty([new URL(test.databaseUrl ?? '').hostname]);
    expect([compose.services['test']?.profiles, compose.services['postgres-test']?.profiles]).toEqual([
      ['test-keys'],
      ['test-keys'],
    ]);
  });

  test('is the sandbox until a provider is configured', () => {
    expect(deployed('worker').sandbox).toBe(true);
    const real = deployed('worker', { ...SECRETS, ...TWILIO, ...SES });
    expect(real).toMatchObject({
      sandbox: false,
      platform: {
        twilio: { credentials: { authToken: 'a-real-token' } },
        ses: { credentials: { region: 'eu-central-1' } },
      },
    });
  });

  test.each(Object.keys(SECRETS))('does not start without %s, and says so', (name) => {
    expect(() => environmentOf('api', { ...SECRETS, [name]: '' })).toThrow(
      `required variable ${name} is missing, set it in .env`,
    );
    expect(read('docker-compose.yml')).toMatch(new RegExp(`^#   ${name}=`, 'm'));
  });

  test('waits for what is healthy, keeps the data, and gives a stop more time than the service takes', () => {
    for (const name of ['api', 'worker']) {
      for (const [needed, { condition }] of Object.entries(compose.services[name]?.depends_on ?? {})) {
        expect([condition, compose.services[needed]?.healthcheck?.test[0]]).toEqual(['service_healthy', 'CMD']);
      }
      const deadline = Number(
        /SHUTDOWN_DEADLINE_MS = ([\d_]+)/.exec(read('src/kernel/service/run-service.ts'))?.[1]?.replace('_', ''),
      );
      expect(Number.parseInt(compose.services[name]?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(deadline);
    }
    const [volume = ''] = compose.services['postgres']?.volumes ?? [];
    expect(compose.volumes).toHaveProperty([volume.split(':')[0] ?? '']);
  });
});

describe('The image', () => {
  test('is built from files that are there and not ignored', () => {
    const sources = instructions
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const ignored = read('.dockerignore').trim().split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env*', '.git', 'node_modules', 'dist']));
    for (const needed of ['src', 'migrations', 'scripts', '.swcrc', 'package.json', 'package-lock.json', '.npmrc']) {
      expect(ignored).not.toContain(needed);
    }
  });

  test('runs the service that the build makes, on the Node that the project uses, as an ordinary user', () => {
    expect(existsSync(join(ROOT, commandIn(instruction('CMD')).at(-1) ?? ''))).toBe(true);
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    const bases = instructions.filter((line) => line.startsWith('FROM '));
    for (const base of bases) expect(base).toContain(`node:${devDependencies.node}-`);
    expect(instruction('USER')).toBe('USER 1000:1000');
  });

  test('brings along what V8 has compiled, for the user who runs it, and not for that one to change', () => {
    const compiling = instructions.find((line) => line.includes('main.cli.js --help')) ?? '';
    expect(compiling).toContain(`--reuid=${instruction('USER').split(/[ :]/)[1]} `);
    expect(compiling).toMatch(/chown -R root:root dist\/cache && chmod -R a\+rX dist\/cache$/);
  });

  test('hears a signal from its first moment: tini is installed, and passes it on', () => {
    expect(instructions.some((line) => /^RUN .*apt-get install .*\btini\b/.test(line))).toBe(true);
    expect(commandIn(instruction('ENTRYPOINT'))).toEqual(['tini', '--']);
  });

  describe('asks for its health', () => {
    const [program = '', ...args] = commandIn(instruction('HEALTHCHECK'));

    async function healthAt(port: number): Promise<number | null> {
      expect(program).toBe('node');
      const check = spawn(process.execPath, args, { env: { PORT: String(port) } });
      const [code] = (await once(check, 'exit')) as [number | null];
      return code;
    }

    async function answering(status: number): Promise<{ server: Server; port: number; asked: string[] }> {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.writeHead(status).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { server, port: (server.address() as AddressInfo).port, asked };
    }

    test.each([
      [200, 0],
      [503, 1],
    ])('an answer of %i is exit code %i', async (status, code) => {
      const { server, port, asked } = await answering(status);
      expect(await healthAt(port)).toBe(code);
      expect(asked).toEqual(['/health/live']);
      server.close();
    });

    test('no answer is exit code 1', async () => {
      const { port, release } = await occupy();
      release();
      expect(await healthAt(port)).toBe(1);
    });
  });
});

describe('The CI script', () => {
  test('can be executed, installs first, makes every check of `npm run check`, and ends with a little chaos', () => {
    expect(statSync(join(ROOT, '.ci', 'run')).mode & 0o111).toBe(0o111);
    const steps = read(join('.ci', 'run'))
      .split('\n')
      .filter((line) => /^(?:step|begin) '.* npm /.test(line));
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { check: string } };
    expect(steps[0]).toMatch(/ npm ci$/);
    expect(steps.slice(1).map((line) => line.slice(line.indexOf('npm ')))).toEqual([
      ...scripts.check.split(' && '),
      expect.stringMatching(/^npm run -s chaos -- --runs 1 /),
    ]);
  });
});
