/** A small application with nothing but the sandbox, and a server that receives its webhooks, on loopback. */
import { createServer, type IncomingMessage } from 'node:http';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import twilio, { type Twilio } from 'twilio';
import { freePort, listenOnLoopback } from '../../harness/ports.js';
import { DtoPipe } from '../../src/kernel/index.js';
import { externalIdOf, type ProviderName } from '../../src/providers/index.js';
import { ProblemFilter } from '../../src/kernel/http/problem.filter.js';
import { SandboxAccounts, SandboxModule, type SandboxAccount, type SandboxOptions } from '../../src/sandbox/index.js';
import type { SandboxMessagePage } from '../../src/sandbox/sandbox.dto.js';
import { verificationKeyOf } from '../../src/sandbox/sendgrid/sendgrid-signing.js';

export const PLATFORM = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'platform-token' };
export const TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:ses-events';
export const SES = {
  region: 'us-east-1',
  accessKeyId: 'AKIASANDBOX',
  secretAccessKey: 'sandbox-secret',
  topicArn: TOPIC_ARN,
};
export const RESEND = {
  id: 'resend-account',
  apiKey: 're_sandbox_key',
  webhookSecret: `whsec_${Buffer.from('a secret of twenty-four').toString('base64')}`,
};
export const PLIVO = { id: 'plivo-account', authId: `MA${'0'.repeat(18)}`, authToken: 'plivo-token' };
export const SENDGRID = { id: 'sendgrid-account', apiKey: 'SG.sandbox_key' };
/** Below that of a hanging call. */
const PATIENCE_MS = 50_000;
export const OUR_NUMBER = '+14155550199';

/** What a tenant has of its own. */
export const TENANT = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'tenant-token', number: '+14155550197' };
export const TENANT_SES = {
  region: 'eu-central-1',
  accessKeyId: 'AKIATENANT',
  secretAccessKey: 'tenant-secret',
  topicArn: 'arn:aws:sns:eu-central-1:210987654321:tenant-events',
};
/** The same access key, entered for another region and without a topic. */
const IRELAND = { region: 'eu-west-1', accessKeyId: 'AKIATENANT', secretAccessKey: 'tenant-secret' };

const accountOf = (tenantId: string | null, id: string, credentials: Record<string, string>): SandboxAccount => ({
  id,
  version: 1,
  tenantId,
  credentials,
});
const sesAccount = ({ topicArn = '', ...credentials }: Record<string, string>): SandboxAccount =>
  accountOf(null, 'ses-account', { ...credentials, topicArns: topicArn });

/** By provider, all that there are. */
const KNOWN: Readonly<Record<ProviderName, readonly SandboxAccount[]>> = {
  twilio: [PLATFORM, TENANT].map(({ accountSid, authToken }) =>
    accountOf(null, 'twilio-account', { accountSid, authToken }),
  ),
  plivo: [accountOf(null, PLIVO.id, { authId: PLIVO.authId, authToken: PLIVO.authToken })],
  ses: [SES, TENANT_SES, IRELAND].map(sesAccount),
  sendgrid: [accountOf(null, SENDGRID.id, { apiKey: SENDGRID.apiKey, webhookKey: verificationKeyOf(SENDGRID.apiKey) })],
  resend: [accountOf(null, RESEND.id, { apiKey: RESEND.apiKey, webhookSecret: RESEND.webhookSecret })],
};

class KnownAccounts extends SandboxAccounts {
  findByExternalId(provider: ProviderName, externalId: string): Promise<SandboxAccount[]> {
    const named = KNOWN[provider].filter(({ credentials }) => externalIdOf(provider, credentials) === externalId);
    return Promise.resolve(named);
  }

  allAt(provider: ProviderName): Promise<readonly SandboxAccount[]> {
    return Promise.resolve(KNOWN[provider]);
  }

  namesOf(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set([PLATFORM.accountSid]));
  }

  async holderOf(provider: ProviderName, _: string, number: string): Promise<SandboxAccount> {
    const [holder] = await this.findByExternalId(provider, (number === TENANT.number ? TENANT : PLATFORM).accountSid);
    if (!holder) throw new Error('the sandbox has an account for each number');
    return holder;
  }
}

/** A webhook as the receiver got it. */
export interface Received {
  readonly path: string;
  /** The whole URL it was posted to. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The fields of a form body. */
  readonly form: Record<string, string>;
}

export interface SandboxEnvironment {
  readonly url: string;
  readonly receiverUrl: string;
  readonly received: Received[];
  /** The SNS handshakes, which come as soon as the application is up; they are not in `received`. */
  readonly handshakes: Received[];
  /** What the receiver answers; 204 unless a test says otherwise. */
  respond: (request: Received) => number | Promise<number>;
  /** Clients wait for as long as any machine needs: what hangs is given up by the test that wants it to. */
  twilio(accountSid?: string, authToken?: string): Twilio;
  ses(credentials?: { accessKeyId: string; secretAccessKey: string }, region?: string): SESv2Client;
  /** The sandbox's own API. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  messages(query?: string): Promise<SandboxMessagePage>;
  /** Back to no faults, nothing recorded and nothing received. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openSandboxEnvironment(overrides: Partial<SandboxOptions> = {}): Promise<SandboxEnvironment> {
  const received: Received[] = [];
  const handshakes: Received[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const path = request.url ?? '';
      const form = Object.fromEntries(new URLSearchParams(body));
      const item = { path, url: environment.receiverUrl + path, headers: request.headers, body, form };
      const isHandshake = request.headers['x-amz-sns-message-type'] === 'SubscriptionConfirmation';
      (isHandshake ? handshakes : received).push(item);
      void Promise.resolve(environment.respond(item)).then((status) => response.writeHead(status).end());
    });
  });
  const receiverUrl = `http://127.0.0.1:${await listenOnLoopback(receiver)}`;
  const url = `http://127.0.0.1:${await freePort()}`;
  const options: SandboxOptions = {
    publicUrl: receiverUrl,
    sandboxUrl: `${url}/sandbox`,
    platform: { ses: { credentials: { topicArns: TOPIC_ARN } } },
    countSegments: (body) => ({ segments: Math.max(1, Math.ceil(body.length / 153)) }),
    callbackDelayMs: 10,
    ...overrides,
  };
  const app = await NestFactory.create<NestFastifyApplication>(
    SandboxModule.register(options, KnownAccounts),
    new FastifyAdapter(),
    { rawBody: true, logger: false },
  );
  app.useGlobalPipes(new DtoPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.listen(Number(new URL(url).port), '127.0.0.1');

  const clients: SESv2Client[] = [];
  const environment: SandboxEnvironment = {
    url,
    receiverUrl,
    received,
    handshakes,
    respond: () => 204,
    twilio: (accountSid = PLATFORM.accountSid, authToken = PLATFORM.authToken) => {
      const client = twilio(accountSid, authToken, { timeout: PATIENCE_MS });
      client.api.baseUrl = `${url}/sandbox/twilio`;
      return client;
    },
    ses: (credentials = SES, region = SES.region) => {
      const client = new SESv2Client({
        region,
        credentials,
        endpoint: `${url}/sandbox/ses`,
        maxAttempts: 1,
        requestHandler: { requestTimeout: PATIENCE_MS, throwOnRequestTimeout: true },
      });
      clients.push(client);
      return client;
    },
    call: async (method, path, body) => {
      const init =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const answer = await fetch(`${url}/sandbox/${path}`, { method, ...init });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    messages: async (query = '') => (await environment.call('GET', `messages${query}`)).body as SandboxMessagePage,
    reset: async () => {
      environment.respond = () => 204;
      received.length = 0;
      await environment.call('PUT', 'faults', {});
      await environment.call('DELETE', 'messages');
    },
    close: async () => {
      clients.forEach((client) => client.destroy());
      await app.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
  return environment;
}

/** The one number of the North American plan's fictional range that ends in these digits. */
export const person = (n: number): string => `+1415555${String(n).padStart(4, '0')}`;

/** A copy in alphabetical order, to compare what comes in no promised order. */
export const sorted = <T>(items: readonly T[]): T[] =>
  items.toSorted((left, right) => String(left).localeCompare(String(right)));
