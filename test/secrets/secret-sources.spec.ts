/** Secrets in files and with secrets managers: the real SDKs, over HTTP on loopback. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { listenOnLoopback } from '../../harness/ports.js';
import { configWith, readAppConfig, secretVariables } from '../../src/app.secrets.js';
import { BadConfiguration, type Environment } from '../../src/kernel/config/config.js';
import { AwsSecrets } from '../../src/kernel/secrets/aws-secrets.js';
import { AzureKeyVault } from '../../src/kernel/secrets/azure-key-vault.js';
import { SecretSources } from '../../src/kernel/secrets/secret-sources.js';
import { createSelfSignedCertificate } from '../../src/kernel/self-signed-certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'callboard-secrets-'));
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The path of a new file with this content. */
function fileWith(content: string): string {
  const path = join(folder, crypto.randomUUID());
  writeFileSync(path, content);
  return path;
}

async function problemsOf(env: Environment): Promise<readonly string[]> {
  try {
    await readAppConfig(env);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

const KEY = 'an-admin-key-of-ours';

describe('A secret in a file', () => {
  test.each(['', '\n', '\r\n'])('is its content, without the line break %j at its end', async (end) => {
    const config = await readAppConfig({ CALLBOARD_ADMIN_KEY_FILE: fileWith(`${KEY}${end}`) });
    expect(config).toMatchObject({ adminKey: KEY, warnings: [] });
  });

  test('may be that of a provider, and configures it', async () => {
    const config = await readAppConfig({
      SENDGRID_API_KEY_FILE: fileWith('SG.a-key-of-forty-characters-or-so-0123456789\n'),
      SENDGRID_FROM: 'no-reply@example.com',
    });
    expect(config.sandbox).toBe(false);
    expect(config.platform.sendgrid?.credentials).toMatchObject({ apiKey: expect.stringMatching(/6789$/) });
  });

  test('is not also in the variable', async () => {
    const env = { CALLBOARD_ADMIN_KEY: KEY, CALLBOARD_ADMIN_KEY_FILE: fileWith(KEY) };
    expect(await problemsOf(env)).toEqual([
      'CALLBOARD_ADMIN_KEY and CALLBOARD_ADMIN_KEY_FILE are both set: unset one of them',
    ]);
    expect(await problemsOf({ ...env, CALLBOARD_ADMIN_KEY: ' ' })).toEqual([]);
  });

  test.each([
    ['does not exist', () => join(folder, 'none')],
    ['is a folder', () => folder],
    ['is no secret: it is too large', () => fileWith('x'.repeat(70_000))],
  ])('that %s is told so, beside all other errors', async (reason, path) => {
    const problems = await problemsOf({ CALLBOARD_ADMIN_KEY_FILE: path(), PORT: 'x' });
    expect(problems).toEqual([
      `CALLBOARD_ADMIN_KEY cannot be read: the file of CALLBOARD_ADMIN_KEY_FILE ${reason}`,
      'PORT is not a whole number from 1 to 65535',
    ]);
  });

  test('that is empty is no secret', async () => {
    expect(await problemsOf({ CALLBOARD_ADMIN_KEY_FILE: fileWith('\n') })).toEqual([
      'CALLBOARD_ADMIN_KEY cannot be read: it is empty',
    ]);
  });

  test('that this user may not read is told so', async () => {
    const path = fileWith(KEY);
    chmodSync(path, 0o000);
    const problems = await problemsOf({ CALLBOARD_ADMIN_KEY_FILE: path });
    // Who is root reads everything.
    expect(problems.join()).toMatch(process.getuid?.() === 0 ? /^$/ : /may not be read by this user$/);
  });

  test('is judged like one in the variable, and never quoted', async () => {
    const problems = await problemsOf({ DATABASE_URL_FILE: fileWith('mysql://root:hunter2@db/callboard') });
    expect(problems).toContainEqual(expect.stringMatching(/^DATABASE_URL is not a URL starting with postgres:/));
    expect(problems.join()).not.toContain('hunter2');
  });

  test('is one of what is secret: other variables are never read from files', async () => {
    const path = fileWith('4000');
    expect(await readAppConfig({ PORT_FILE: path, HOST_QUERIES_FILE: '' })).toMatchObject({ port: 3000 });
  });
});

test('Every secret variable is one that the service reads', async () => {
  const names = secretVariables();
  const env = Object.fromEntries(names.map((name) => [`${name}_FILE`, fileWith('nonsense\n')]));
  const { env: resolved, problems } = await new SecretSources(env, names).resolve();
  expect(problems.size).toBe(0);
  expect(Object.keys(resolved).toSorted()).toEqual(names.toSorted());
});

/** Speaks as much of AWS Secrets Manager's protocol as is asked of it. */
async function awsSecrets(secrets: Readonly<Record<string, object>>): Promise<string> {
  const server = createServer((request, response) => {
    void answer(request).then(
      (secret) =>
        response.writeHead(secret ? 200 : 400).end(JSON.stringify(secret ?? { __type: 'ResourceNotFoundException' })),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  const answer = async (request: IncomingMessage): Promise<object | undefined> => {
    expect(request.headers['x-amz-target']).toBe('secretsmanager.GetSecretValue');
    expect(request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/secretsmanager\//,
    );
    const { SecretId: id } = (await json(request)) as { SecretId: string };
    return secrets[id];
  };
  servers.push(server);
  return `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
}

describe('AWS Secrets Manager', () => {
  const sourcesOf = (env: Environment): SecretSources =>
    new SecretSources(env, secretVariables(), {
      'aws-secrets': new AwsSecrets(env, { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } }),
    });

  test('has whole secrets, and fields of others', async () => {
    const url = 'postgres://callboard:pa55@db/callboard';
    const env = {
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await awsSecrets({
        'callboard/admin-key': { SecretString: KEY },
        'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-a1B2c3': {
          SecretString: JSON.stringify({ url, port: 5432 }),
        },
      }),
      CALLBOARD_ADMIN_KEY: 'aws-secrets://callboard/admin-key',
      DATABASE_URL: 'aws-secrets://arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-a1B2c3#url',
    };
    const { env: resolved, problems } = await sourcesOf(env).resolve();
    expect([...problems.values()]).toEqual([]);
    expect(resolved).toMatchObject({ CALLBOARD_ADMIN_KEY: KEY, DATABASE_URL: url });
  });

  test('may lack what is asked for: each lack has its words', async () => {
    const env = {
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await awsSecrets({
        plain: { SecretString: 'hunter2' },
        binary: { SecretBinary: 'aHVudGVyMg==' },
      }),
      CALLBOARD_ADMIN_KEY: 'aws-secrets://plain#key',
      CALLBOARD_ENCRYPTION_KEYS: 'aws-secrets://binary',
      RESEND_API_KEY: 'aws-secrets://',
      DATABASE_URL: 'aws-secrets://arn:aws:secretsmanager:eu-central-1:123456789012:secret:none',
    };
    const problems = [...(await sourcesOf(env).resolve()).problems.values()];
    expect(problems).toEqual([
      'CALLBOARD_ADMIN_KEY cannot be read: the secret is no JSON object with a text in "key"',
      'CALLBOARD_ENCRYPTION_KEYS cannot be read: the secret is binary: store it as text',
      'DATABASE_URL cannot be read: AWS Secrets Manager answers ResourceNotFoundException',
      'RESEND_API_KEY cannot be read: write aws-secrets://name#field or azure-keyvault://vault/name#field',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('needs a region', async () => {
    expect(await problemsOf({ CALLBOARD_ADMIN_KEY: 'aws-secrets://key' })).toEqual([
      'CALLBOARD_ADMIN_KEY cannot be read: set AWS_REGION, or name the secret by its ARN',
    ]);
  });
});

/** Speaks as much of Key Vault's protocol as is asked of it: first it challenges. */
async function keyVault(secrets: Readonly<Record<string, string>>): Promise<{ host: string; vault: AzureKeyVault }> {
  const { privateKey, certificatePem } = createSelfSignedCertificate('localhost');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createSecureServer({ key, cert: certificatePem }, (request, response) => {
    if (request.headers.authorization !== 'Bearer a-token') {
      const challenge = 'Bearer authorization="https://login.example/tenant", resource="https://vault.azure.net"';
      return response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const [, , name = ''] = new URL(request.url ?? '/', 'https://vault').pathname.split('/');
    const value = secrets[name];
    response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        value === undefined
          ? { error: { code: 'SecretNotFound', message: 'none' } }
          : { value, id: `https://vault/secrets/${name}/1`, attributes: { enabled: true } },
      ),
    );
  });
  servers.push(server);
  const vault = new AzureKeyVault({
    credential: { getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    // The challenge names the public cloud.
    client: {
      disableChallengeResourceVerification: true,
      tlsOptions: { ca: certificatePem },
      retryOptions: { maxRetries: 0 },
    },
  });
  return { host: `localhost:${await listenOnLoopback(server, 0)}`, vault };
}

describe('Azure Key Vault', () => {
  test('has whole secrets, and fields of others', async () => {
    const { host, vault } = await keyVault({ 'ADMIN-KEY': KEY, database: '{"url":"postgres://db/callboard"}' });
    const env = {
      CALLBOARD_ADMIN_KEY: `azure-keyvault://${host}/ADMIN-KEY`,
      DATABASE_URL: `azure-keyvault://${host}/database#url`,
      NOTICES_SECRET: `azure-keyvault://${host}/none`,
      RESEND_API_KEY: `azure-keyvault://${host}/no_such_name`,
    };
    const sources = new SecretSources(env, secretVariables(), { 'azure-keyvault': vault });
    const { env: resolved, problems } = await sources.resolve();
    expect([...problems.values()]).toEqual([
      'NOTICES_SECRET cannot be read: Azure Key Vault answers SecretNotFound (404)',
      expect.stringMatching(/^RESEND_API_KEY cannot be read: write azure-keyvault:/),
    ]);
    expect(resolved).toMatchObject({ CALLBOARD_ADMIN_KEY: KEY, DATABASE_URL: 'postgres://db/callboard' });
    expect(() => configWith({ env: resolved, problems })).toThrow('NOTICES_SECRET cannot be read');
  });
});
