/** The configuration, pure: from variables to a Config, or to all errors at once. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { BadConfiguration, loadConfig as loadWithPart, type Config } from './config.js';

type Environment = Readonly<Record<string, string>>;

const loadConfig = (environment: Environment): Config => loadWithPart(() => ({}), environment);

const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const OWN_DATABASE = {
  DATABASE_URL: 'postgres://callboard@localhost/callboard',
  CALLBOARD_ADMIN_KEY: 'an-admin-key-of-ours',
  CALLBOARD_ENCRYPTION_KEYS: KEYS,
};

function problemsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

describe('A deployment for test keys', () => {
  const ADMIN = 'another-admin-key';

  test('is named by its origin and its admin key, both or none', () => {
    expect(loadConfig({ CALLBOARD_TEST_URL: 'http://test:3000/', CALLBOARD_TEST_ADMIN_KEY: ADMIN })).toMatchObject({
      mode: 'live',
      testDeployment: { url: 'http://test:3000', adminKey: ADMIN },
    });
    expect(problemsOf({ CALLBOARD_TEST_URL: 'http://test:3000' })).toEqual([
      expect.stringMatching(/^CALLBOARD_TEST_ADMIN_KEY is missing/),
    ]);
    expect(problemsOf({ CALLBOARD_TEST_ADMIN_KEY: ADMIN })).toEqual([
      expect.stringMatching(/^CALLBOARD_TEST_URL is missing/),
    ]);
    expect(problemsOf({ CALLBOARD_TEST_URL: 'http://test:3000/tests', CALLBOARD_TEST_ADMIN_KEY: ADMIN })).toEqual([
      expect.stringMatching(/^CALLBOARD_TEST_URL has a path/),
    ]);
  });

  test('has none of its own, and has to know who passes requests on to it', () => {
    const test = { CALLBOARD_MODE: 'test' };
    expect(
      problemsOf({ ...test, CALLBOARD_TEST_URL: 'http://test:3000', CALLBOARD_TEST_ADMIN_KEY: ADMIN }),
    ).toContainEqual(expect.stringMatching(/^CALLBOARD_TEST_URL is for the live deployment/));
    expect(loadConfig(test).warnings).toEqual([expect.stringMatching(/^CALLBOARD_TRUSTED_PROXIES does not name/)]);
    expect(loadConfig({ ...test, CALLBOARD_TRUSTED_PROXIES: '10.0.0.0/8' }).warnings).toEqual([]);
  });
});

describe('Regions', () => {
  const KEY = 'the-admin-key-there';
  const BOTH = 'eu=https://eu.example, us=https://us.example/';

  test('are named with their origins and admin keys, in one list for all', () => {
    const all = { CALLBOARD_REGIONS: BOTH, CALLBOARD_REGION_KEYS: `eu=${KEY},us=${KEY}==` };
    expect(loadConfig({ CALLBOARD_REGION: 'eu', ...all })).toMatchObject({
      region: 'eu',
      otherRegions: { us: { url: 'https://us.example', adminKey: `${KEY}==` } },
      regionRequests: 'pass-on',
    });
    const us = loadConfig({ CALLBOARD_REGION: 'us', ...all, CALLBOARD_REGION_REQUESTS: 'refuse' });
    expect(us.otherRegions).toEqual({ eu: { url: 'https://eu.example', adminKey: KEY } });
    expect(us.regionRequests).toBe('refuse');
    expect(loadConfig({}).region).toBeUndefined();
  });

  test.each([
    [{ CALLBOARD_REGIONS: BOTH }, /^CALLBOARD_REGION is missing/],
    [{ CALLBOARD_REGION: 'Europe' }, /^CALLBOARD_REGION is not the name of a region/],
    [{ CALLBOARD_REGION: 'test' }, /^CALLBOARD_REGION is none of test, live, admin/],
    [{ CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: 'https://us.example' }, /^CALLBOARD_REGIONS is not a list such as/],
    [
      { CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: `${BOTH},us=https://b.example` },
      /^CALLBOARD_REGIONS names a region twice/,
    ],
    [
      { CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: 'us=https://us.example/api' },
      /^CALLBOARD_REGIONS has an address that is no origin/,
    ],
    [{ CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: 'us=https://me:secret@us.example' }, /no origin/],
    [{ CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: 'us=ftp://us.example' }, /no origin/],
    [
      { CALLBOARD_REGION: 'eu', CALLBOARD_REGION_KEYS: `us=${KEY}` },
      /^CALLBOARD_REGION_KEYS names a region that CALLBOARD_REGIONS does not/,
    ],
    [
      { CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: BOTH, CALLBOARD_REGION_KEYS: 'us=short' },
      /^CALLBOARD_REGION_KEYS has a key that is too short/,
    ],
  ])('refuse %j', (environment, problem) => {
    const problems = problemsOf(environment);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('secret');
  });

  test('are warned of where keys go without TLS to another machine', () => {
    const at = (url: string): readonly string[] =>
      loadConfig({ CALLBOARD_REGION: 'eu', CALLBOARD_REGIONS: `us=${url}` }).warnings;
    expect(at('http://us.example')).toEqual([expect.stringMatching(/^CALLBOARD_REGIONS has an address without TLS/)]);
    expect(at('https://us.example')).toEqual([]);
    expect(at('http://127.0.0.1:3001')).toEqual([]);
  });
});

describe('Without any variable', () => {
  test('everything has its default', () => {
    expect(loadConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      role: 'all',
      home: resolve('.callboard'),
      logLevel: 'info',
      mode: 'live',
      databaseUrl: undefined,
      databaseDirectUrl: undefined,
      databasePoolSize: 20,
      databaseReplicaUrl: undefined,
      databaseReplicaLagSeconds: 5,
      inboxDays: 30,
      eventDays: 90,
      linkDays: 365,
      statementGraceDays: 3,
      privateHosts: [],
      trustedProxies: [],
      limits: { requests: 256, batches: 4, connections: 10_000, arrivalSeconds: 30 },
      rates: { send: 60_000, read: 12_000, write: 6_000, address: 120_000 },
      queueUrl: undefined,
      adminKey: undefined,
      encryptionKeys: undefined,
      publicUrl: 'http://127.0.0.1:3000',
      publicUrlGiven: false,
      secretsEverySeconds: 300,
      underNpm: false,
      warnings: [],
    });
  });

  test('the configuration is frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  test('an empty variable counts as unset', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ' })).toEqual(loadConfig({}));
  });
});

describe('The address of the service', () => {
  test.each<[Environment, string]>([
    [{ HOST: '0.0.0.0', PORT: '8080' }, 'http://127.0.0.1:8080'],
    [{ HOST: '::', PORT: '8080' }, 'http://127.0.0.1:8080'],
    [{ HOST: '::1' }, 'http://[::1]:3000'],
    [{ PUBLIC_URL: 'https://callboard.example/base//' }, 'https://callboard.example/base'],
  ])('with %j is %s', (environment, publicUrl) => {
    expect(loadConfig(environment)).toMatchObject({ publicUrl, publicUrlGiven: 'PUBLIC_URL' in environment });
  });
});

describe('An external database', () => {
  test('needs keys that are stored elsewhere', () => {
    expect(problemsOf({ DATABASE_URL: OWN_DATABASE.DATABASE_URL })).toEqual([
      expect.stringMatching(/^CALLBOARD_ADMIN_KEY is missing/),
      expect.stringMatching(/^CALLBOARD_ENCRYPTION_KEYS is missing/),
    ]);
    expect(problemsOf(OWN_DATABASE)).toEqual([]);
  });

  test('has a direct URL and a standby only beside the other', () => {
    const { DATABASE_URL: _, ...keys } = OWN_DATABASE;
    expect(problemsOf({ ...keys, DATABASE_DIRECT_URL: 'postgres://db/callboard' })).toEqual([
      'DATABASE_URL is missing: DATABASE_DIRECT_URL is the way past its pooler',
    ]);
    expect(problemsOf({ ...keys, DATABASE_REPLICA_URL: 'postgres://standby/callboard' })).toEqual([
      'DATABASE_URL is missing: DATABASE_REPLICA_URL is of a standby of it',
    ]);
  });

  test('is required by a worker', () => {
    expect(problemsOf({ CALLBOARD_ROLE: 'worker' })).toEqual([expect.stringContaining('set DATABASE_URL')]);
    expect(loadConfig({ ...OWN_DATABASE, CALLBOARD_ROLE: 'worker' })).toMatchObject({ role: 'worker' });
  });
});

const BAD: Environment = {
  PORT: '70000',
  CALLBOARD_ROLE: 'sender',
  LOG_LEVEL: 'loud',
  DATABASE_URL: 'mysql://root:hunter2-db@db/callboard',
  DATABASE_DIRECT_URL: 'http://root:hunter2-direct@db/callboard',
  DATABASE_POOL_SIZE: 'many',
  DATABASE_REPLICA_URL: 'http://root:hunter2-replica@db/callboard',
  DATABASE_REPLICA_LAG_SECONDS: 'none',
  CALLBOARD_INBOX_DAYS: 'a month',
  CALLBOARD_EVENT_DAYS: 'a quarter',
  CALLBOARD_LINK_DAYS: 'for ever',
  CALLBOARD_PRIVATE_HOSTS: 'http://files.local',
  QUEUE_URL: 'amqp://guest:hunter2-queue@queue',
  CALLBOARD_ADMIN_KEY: 'hunter2-admin',
  CALLBOARD_ENCRYPTION_KEYS: 'k1:aHVudGVyMi1rZXlz',
  PUBLIC_URL: 'callboard.example',
  DD_DOGSTATSD_URL: 'tcp://agent',
  DD_DOGSTATSD_PORT: 'usual',
};

describe('Bad variables', () => {
  test('are all reported together', () => {
    const problems = problemsOf(BAD);
    const named = problems.map((problem) => /^[A-Z_0-9]+/.exec(problem)?.[0]);
    expect(new Set(named)).toEqual(new Set(Object.keys(BAD)));
  });

  test('are never quoted: they may be secrets', () => {
    const text = problemsOf(BAD).join('\n');
    for (const value of Object.values(BAD)) expect(text).not.toContain(value);
  });

  test('are listed in one error, one per line', () => {
    expect(() => loadConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(
      'The configuration cannot be used:\n  - PORT is not a whole number from 1 to 65535\n  - LOG_LEVEL is not one of trace',
    );
  });
});

describe('The agent of DogStatsD', () => {
  test.each<[Environment, object | undefined]>([
    [{}, undefined],
    [{ DD_DOGSTATSD_PORT: '9125' }, undefined],
    [{ DD_AGENT_HOST: '10.0.0.7' }, { host: '10.0.0.7', port: 8125 }],
    [
      { DD_AGENT_HOST: 'agent', DD_DOGSTATSD_PORT: '9125' },
      { host: 'agent', port: 9125 },
    ],
    [
      { DD_DOGSTATSD_URL: 'udp://agent.datadog:9125', DD_AGENT_HOST: 'other' },
      { host: 'agent.datadog', port: 9125 },
    ],
    [{ DD_DOGSTATSD_URL: 'udp://agent' }, { host: 'agent', port: 8125 }],
    [{ DD_DOGSTATSD_URL: 'udp://[fd00::7]:9125' }, { host: 'fd00::7', port: 9125 }],
    [{ DD_DOGSTATSD_URL: 'unix:///var/run/datadog/dsd.socket' }, { socketPath: '/var/run/datadog/dsd.socket' }],
  ])('with %j is at %j', (environment, listener) => {
    expect(loadConfig(environment).dogStatsD).toEqual(listener && { ...listener, tags: {} });
  });

  test('is told how the process is called', () => {
    const environment = { DD_AGENT_HOST: 'agent', DD_ENV: 'staging', DD_SERVICE: 'callboard', DD_VERSION: '1.2.3' };
    expect(loadConfig(environment).dogStatsD?.tags).toEqual({ env: 'staging', service: 'callboard', version: '1.2.3' });
  });

  test.each(['http://agent:8126', 'unix://dsd.socket', 'udp://agent:99999', 'udp://', 'agent:8125'])(
    'is not at %s',
    (url) => {
      expect(problemsOf({ DD_DOGSTATSD_URL: url })).toEqual([expect.stringMatching(/^DD_DOGSTATSD_URL is not/)]);
    },
  );
});

test('Hosts of the own network are names and addresses', () => {
  const { privateHosts } = loadConfig({ CALLBOARD_PRIVATE_HOSTS: 'minio, files.hall.example,10.0.0.7, fd00::7' });
  expect(privateHosts).toEqual(['minio', 'files.hall.example', '10.0.0.7', 'fd00::7']);
});

describe('Unknown variables', () => {
  test('are warned of, and stop nothing', () => {
    expect(loadConfig({ CALLBOARD_ROL: 'api', CALLBOARD_KEY: 'cb_1', TERM: 'x' }).warnings).toEqual([
      'CALLBOARD_ROL is no variable of Callboard and is ignored: did you mean CALLBOARD_ROLE?',
    ]);
  });

  test('that are why another is missing are named beside it', () => {
    const environment = { DATABASE_URL: 'postgres://db/callboard', CALLBOARD_ADMN_KEY: 'a-secret-of-ours' };
    const problems = problemsOf(environment);
    expect(problems).toContainEqual(expect.stringMatching(/^CALLBOARD_ADMIN_KEY is missing/));
    expect(problems).toContainEqual(
      expect.stringMatching(/^CALLBOARD_ADMN_KEY .* did you mean CALLBOARD_ADMIN_KEY\?$/),
    );
    expect(problems.join()).not.toContain('a-secret-of-ours');
  });
});

describe('The modules’ part of the configuration', () => {
  test('is part of the result, and its errors are reported with the others', () => {
    const read = (environment: Environment) =>
      loadWithPart((reader) => ({ colour: reader.oneOf('COLOUR', ['red', 'blue'], 'red') }), environment);
    expect(read({ COLOUR: 'blue', PORT: '8080' })).toMatchObject({ colour: 'blue', port: 8080 });
    expect(() => read({ COLOUR: 'loud', PORT: 'x' })).toThrow(
      'The configuration cannot be used:\n  - PORT is not a whole number from 1 to 65535\n  - COLOUR is not one of red, blue',
    );
  });
});
