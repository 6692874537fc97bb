/** The SDK's clients, one per sending account. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2';
import { ClientCache, credential } from '../client-cache.js';
import { correctClock } from './ses.clock.js';
import type { ProviderAccount } from '../provider.port.js';

export interface SesOptions {
  /** Points the SDK elsewhere; absent: the public endpoint of the account's region. */
  readonly endpoint?: string;
  /** Timeout of one call without data, in milliseconds. */
  readonly timeoutMs?: number;
}

const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;

/** The account's keys; nothing where the SDK is to find them itself: in the environment, a profile, or a role. */
function keysOf(account: ProviderAccount): Pick<SESv2ClientConfig, 'credentials'> {
  const { source, sessionToken } = account.credentials;
  if (source === 'chain') return {};
  return {
    credentials: {
      accessKeyId: credential(account, 'accessKeyId'),
      secretAccessKey: credential(account, 'secretAccessKey'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

export class SesClients {
  private readonly cache = new ClientCache((account) => this.connect(account));
  private readonly agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };

  constructor(private readonly options: SesOptions) {
    // Shared by all accounts. An idle connection closes before the server closes it: a request on a closing connection would be
    // reset, and a reset leaves its messages in doubt.
    const agent = { keepAlive: true, maxSockets: 128, timeout: 5_000 };
    this.agents = { httpAgent: new HttpAgent(agent), httpsAgent: new HttpsAgent(agent) };
  }

  /** Throws BadCredential. */
  get(account: ProviderAccount): SESv2Client {
    return this.cache.get(account);
  }

  private connect(account: ProviderAccount): SESv2Client {
    const timeout = this.options.timeoutMs ?? 10_000;
    const client = new SESv2Client({
      region: credential(account, 'region', REGION),
      ...keysOf(account),
      ...(this.options.endpoint ? { endpoint: this.options.endpoint } : {}),
      maxAttempts: 1, // SES has no idempotency key: SDK retries would send twice
      requestHandler: {
        ...this.agents,
        connectionTimeout: 3_000,
        requestTimeout: timeout,
        throwOnRequestTimeout: true, // without it the SDK only logs
        socketTimeout: timeout,
      },
    });
    correctClock(client);
    return client;
  }
}
