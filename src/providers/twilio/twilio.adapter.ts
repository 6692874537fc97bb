/** SMS, MMS, WhatsApp and calls through Twilio. */
import twilio, { type Twilio } from 'twilio';
import type { MessageListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/message.js';
import { ClientCache, credential, refusedSetUp } from '../client-cache.js';
import type { Finding, SetUp } from '../examination.js';
import type { ProviderEvent } from '../provider.events.js';
import type { MediaRequest } from '../media/inbound-media.js';
import type { Approval, Envelope, Outcome, Period, ProviderAccount, ProviderAdapter, Trace } from '../provider.port.js';
import type { Days, RecordPage, UsageTotal } from '../provider.records.js';
import { MESSAGING_SERVICE } from '../sender-kinds.js';
import { NO_ANSWER, NOT_BEGUN, UNSUPPORTED, AccountNotWell, notWell } from '../verdict.js';
import { twilioApproval } from './twilio.approvals.js';
import { callReport, callTo, callTraces } from './twilio.calls.js';
import { outcomeOfTwilioError } from './twilio.errors.js';
import { examineTwilio } from './twilio.examination.js';
import { TwilioHttpClient, type Exchange } from './twilio.http.js';
import { twilioMediaRequest } from './twilio.media.js';
import { acknowledges, speak, speechUrl, verifySpeech } from './twilio.speech.js';
import { TwilioNumbers } from './twilio.numbers.js';
import { messageReport, twilioRecords, twilioUsage } from './twilio.records.js';
import { twilioSubaccount } from './twilio.subaccounts.js';
import { tracesOf } from './twilio.traces.js';
import { verifyTwilioWebhook } from './twilio.webhook.js';

export interface TwilioOptions {
  /** Points the SDK elsewhere; absent: api.twilio.com. */
  readonly baseUrl?: string;
  /** The public URL of Twilio's webhooks: statuses of messages and calls, and what calls say, are below it. */
  readonly webhookUrl: string;
  /** Timeout of one call without data, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Twilio holds a text for ten hours at most, and by default; less than a second it does not take (Message resource, ValidityPeriod). */
const LONGEST_HELD_S = 36_000;

/** Twilio's callback retries: five times, for any failure (connection overrides, not sent over the wire). */
const CALLBACK_RETRIES = '#rc=5&rp=all';

const ACCOUNT_SID = /^AC\w+$/;
/** The channels that the adapter sends on. */
export const TWILIO_SENDS = ['sms', 'mms', 'whatsapp', 'voice'] as const;

/** Sends one message per call. Credentials: `accountSid`, `authToken`; and `apiKeySid` with `apiKeySecret`, by which calls are made then. */
export class TwilioAdapter implements ProviderAdapter {
  readonly pricesLater = true;
  readonly verifyWebhook = verifyTwilioWebhook;
  readonly verifySpeech = verifySpeech;
  readonly acknowledges = acknowledges;
  readonly speak = speak;
  readonly numbers: TwilioNumbers;
  private readonly clients = new ClientCache((account) => this.connect(account));
  private readonly httpClient: TwilioHttpClient;

  constructor(private readonly options: TwilioOptions) {
    this.httpClient = new TwilioHttpClient(options.timeoutMs ?? 10_000);
    this.numbers = new TwilioNumbers((account) => this.clients.get(account), options.webhookUrl);
  }

  /** All envelopes at once: the caller limits how many it passes. */
  async send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    let client: Twilio;
    try {
      client = this.clients.get(account);
    } catch (error) {
      return envelopes.map(() => refusedSetUp(error));
    }
    return Promise.all(envelopes.map((envelope) => this.sendOne(client, account, envelope, signal)));
  }

  /** Rejects with the provider's code if Twilio does not answer, rejects the credentials or has closed the account. */
  async ping(account: ProviderAccount): Promise<void> {
    const status = await statusOf(this.clients.get(account), account).catch((error: unknown) => {
      throw notWell('Twilio', outcomeOfTwilioError(error), { cause: error });
    });
    if (status !== 'active') throw new AccountNotWell('Twilio', 'account', `the account is ${status}`);
  }

  examine(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]> {
    return examineTwilio(this.clients.get(account), this.httpClient, account, setUp);
  }

  /** Rejects with the provider's code if Twilio does not answer. */
  traces(
    account: ProviderAccount,
    message: Pick<Envelope, 'channel' | 'from' | 'to'>,
    period: Period,
  ): Promise<Trace[]> {
    const client = this.clients.get(account);
    const traces =
      message.channel === 'voice' ? callTraces(client, message, period) : tracesOf(client, message, period.since);
    return traces.catch((error: unknown) => {
      throw new Error(`Twilio's list was not read: ${outcomeOfTwilioError(error).code}`, { cause: error });
    });
  }

  /** Rejects with the provider's code if Twilio does not answer, or does not know the message. */
  async report(
    account: ProviderAccount,
    { providerMessageId: sid, messageId }: { providerMessageId: string; messageId: string },
  ): Promise<ProviderEvent> {
    try {
      const report = sid.startsWith('CA') ? callReport : messageReport;
      return await report(this.clients.get(account), sid, messageId);
    } catch (error) {
      throw new Error(`Twilio did not tell of a message: ${outcomeOfTwilioError(error).code}`, { cause: error });
    }
  }

  /** Rejects with the provider's code if Twilio does not answer. */
  async usage(account: ProviderAccount, days: Days): Promise<UsageTotal[]> {
    try {
      return await twilioUsage(this.clients.get(account), days);
    } catch (error) {
      throw new Error(`Twilio's usage was not read: ${outcomeOfTwilioError(error).code}`, { cause: error });
    }
  }

  /** Rejects with the provider's code if Twilio does not answer. */
  async records(account: ProviderAccount, day: string, from?: string): Promise<RecordPage> {
    try {
      return await twilioRecords(this.clients.get(account), day, from);
    } catch (error) {
      throw new Error(`Twilio's list was not read: ${outcomeOfTwilioError(error).code}`, { cause: error });
    }
  }

  /** Rejects with the provider's code if Twilio does not answer. */
  async approval(account: ProviderAccount, contentSid: string): Promise<Approval> {
    try {
      return await twilioApproval(this.clients.get(account), contentSid);
    } catch (error) {
      throw new Error(`Twilio did not tell of a template: ${outcomeOfTwilioError(error).code}`, { cause: error });
    }
  }

  subaccount(master: ProviderAccount, name: string): Promise<Readonly<Record<string, string>>> {
    return twilioSubaccount(this.clients.get(master), name);
  }

  mediaRequest(account: ProviderAccount, url: string): MediaRequest | undefined {
    return twilioMediaRequest(account, url, this.options.baseUrl);
  }

  private async sendOne(
    client: Twilio,
    account: ProviderAccount,
    envelope: Envelope,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const create = this.callOf(client, account, envelope);
    if (!create) return UNSUPPORTED;
    if (signal?.aborted) return NOT_BEGUN;
    const exchange: Exchange = signal ? { signal } : {};
    try {
      const { sid } = await this.httpClient.during(exchange, create);
      return sid ? { kind: 'accepted', providerMessageId: sid } : NO_ANSWER;
    } catch (error) {
      return outcomeOfTwilioError(error, envelope.from, exchange.retryAfterMs);
    }
  }

  /** Makes the message or the call. */
  private callOf(
    client: Twilio,
    account: ProviderAccount,
    envelope: Envelope,
  ): (() => Promise<{ readonly sid: string }>) | undefined {
    const { channel, content, messageId } = envelope;
    if (channel === 'voice' || content.kind === 'speech') {
      if (channel !== 'voice' || content.kind !== 'speech') return undefined;
      const base = `${this.options.webhookUrl}/voice`;
      const call = callTo(envelope, {
        speech: speechUrl(base, messageId, credential(account, 'authToken')),
        callback: `${base}?mid=${messageId}${CALLBACK_RETRIES}`,
      });
      return () => client.calls.create(call);
    }
    const message = this.messageOf(envelope);
    return message && (() => client.messages.create(message));
  }

  private messageOf({
    channel,
    from,
    to,
    content,
    messageId,
    expiresAt,
  }: Envelope): MessageListInstanceCreateOptions | undefined {
    if (content.kind === 'email' || content.kind === 'speech' || !TWILIO_SENDS.some((served) => served === channel))
      return undefined;
    const prefix = channel === 'whatsapp' ? 'whatsapp:' : '';
    const addressed = {
      ...(MESSAGING_SERVICE.test(from) ? { messagingServiceSid: from } : { from: prefix + from }),
      to: prefix + to,
      statusCallback: `${this.options.webhookUrl}?mid=${messageId}${CALLBACK_RETRIES}`,
      ...(expiresAt && channel !== 'whatsapp' && validUntil(expiresAt)),
    };
    if (content.kind === 'content-template') {
      return {
        ...addressed,
        contentSid: content.contentSid,
        contentVariables: JSON.stringify(content.variables),
      };
    }
    return { ...addressed, body: content.body, ...(content.mediaUrls ? { mediaUrl: [...content.mediaUrls] } : {}) };
  }

  private connect(account: ProviderAccount): Twilio {
    const accountSid = credential(account, 'accountSid', ACCOUNT_SID);
    const { apiKeySid = accountSid, apiKeySecret = credential(account, 'authToken') } = account.credentials;
    const client = twilio(apiKeySid, apiKeySecret, {
      accountSid,
      httpClient: this.httpClient,
      // Passed, so that the SDK does not read them from the environment.
      edge: '',
      region: '',
    });
    if (this.options.baseUrl) {
      for (const domain of [client.api, client.content, client.messaging]) domain.baseUrl = this.options.baseUrl;
    }
    return client;
  }
}

/** An API key may not ask for the account (20003, "Standard" and "Restricted" keys): who may read messages is not closed. */
async function statusOf(client: Twilio, { credentials }: ProviderAccount): Promise<string> {
  if (credentials['apiKeySid'] === undefined) return (await client.api.v2010.account.fetch()).status;
  await client.messages.page({ pageSize: 1 });
  return 'active';
}

/** How long Twilio may hold a text, in seconds; nothing if that is as long as it would anyway. */
function validUntil(expiresAt: Date): { readonly validityPeriod?: number } {
  const seconds = Math.floor((expiresAt.getTime() - Date.now()) / 1_000);
  return seconds < LONGEST_HELD_S ? { validityPeriod: Math.max(seconds, 1) } : {};
}
