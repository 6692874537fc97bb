/** The SDK over our own connections. */
import { jsonIn } from '../../kernel/index.js';
import MailService, { type SdkMail } from '@sendgrid/mail/src/classes/mail-service.js';
import { type Agent, request } from 'undici';
import { ClientCache, credential } from '../client-cache.js';
import { providerAgent } from '../http-agent.js';
import type { ProviderAccount } from '../provider.port.js';

export interface SendGridOptions {
  /** Points the SDK elsewhere; absent: SendGrid, in the region of the account. */
  readonly baseUrl?: string;
  /** Timeout of one call without data, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A response, whatever its status. */
export interface SendGridAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined unless it is JSON. */
  readonly body: unknown;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}
type Transport = (call: Call) => Promise<SendGridAnswer>;

const API_KEY = /^SG\.\S+$/;
const ORIGINS: ReadonlyMap<string | undefined, string> = new Map([['eu', 'https://api.eu.sendgrid.com']]);
const GLOBAL_ORIGIN = 'https://api.sendgrid.com';

/**
 * Calls of one account, over our own transport: the SDK's has neither timeout nor limit, sends the headers of an email as headers
 * of the call too, and puts the API key into its errors. Every response resolves; without one calls reject with the network
 * error.
 */
export class SendGridClient {
  constructor(private readonly transport: Transport) {}

  /** Builds a mail and sends it. */
  async send(mail: SdkMail, signal?: AbortSignal): Promise<SendGridAnswer> {
    const service = new MailService();
    service.setClient({ request: ({ method, url, body }) => this.transport({ method, url, body, signal }) });
    return (await service.send(mail)) as SendGridAnswer;
  }

  get(url: string): Promise<SendGridAnswer> {
    return this.transport({ method: 'GET', url });
  }
}

export class SendGridClients {
  private readonly cache = new ClientCache((account) => this.connect(account));
  private readonly agent: Agent;

  constructor(private readonly options: SendGridOptions) {
    this.agent = providerAgent({ timeoutMs: options.timeoutMs ?? 10_000, connections: 32 });
  }

  /** Throws BadCredential. */
  get(account: ProviderAccount): SendGridClient {
    return this.cache.get(account);
  }

  private connect(account: ProviderAccount): SendGridClient {
    const authorization = `Bearer ${credential(account, 'apiKey', API_KEY)}`;
    const origin = this.options.baseUrl ?? ORIGINS.get(account.credentials['region']) ?? GLOBAL_ORIGIN;
    return new SendGridClient(async ({ method, url, body, signal }) => {
      const answer = await request(origin + url, {
        method,
        headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
        dispatcher: this.agent,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
      return { status: answer.statusCode, headers: answer.headers, body: jsonIn(await answer.body.text()) };
    });
  }
}
