/** SMS and MMS through Plivo. */
import { listAt } from '../../kernel/index.js';
import { refusedSetUp } from '../client-cache.js';
import type { Finding, SetUp } from '../examination.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { ProviderEvent } from '../provider.events.js';
import type { MediaRequest } from '../media/inbound-media.js';
import type { Envelope, Outcome, Period, ProviderAccount, ProviderAdapter, Trace } from '../provider.port.js';
import type { RecordPage } from '../provider.records.js';
import { NO_ANSWER, NOT_BEGUN, UNSUPPORTED, notWell } from '../verdict.js';
import { PlivoClients, type PlivoAnswer, type PlivoClient, type PlivoClientOptions } from './plivo.client.js';
import { outcomeOfPlivoError } from './plivo.errors.js';
import { examinePlivo } from './plivo.examination.js';
import { plivoMediaRequest } from './plivo.media.js';
import { PlivoNumbers } from './plivo.numbers.js';
import { eventOf, plivoRecords } from './plivo.records.js';
import { tracesOf } from './plivo.traces.js';
import { verifyPlivoWebhook } from './plivo.webhook.js';

export interface PlivoOptions extends PlivoClientOptions {
  /** The public URL of Plivo's webhooks: that of an account is beneath it. */
  readonly webhookUrl: string;
}

/** The channels that the adapter sends on. */
export const PLIVO_SENDS = ['sms', 'mms'] as const;

/** Plivo holds a text for three hours by default, and answers one that has waited longer with code 420. */
const LONGEST_HELD_S = 10_800;

/**
 * Sends one message per call: for several in one, Plivo's answer does not say which of them it took. Credentials: `authId`,
 * `authToken`.
 */
export class PlivoAdapter implements ProviderAdapter {
  readonly verifyWebhook = verifyPlivoWebhook;
  readonly numbers: PlivoNumbers;
  private readonly clients: PlivoClients;

  constructor(private readonly options: PlivoOptions) {
    this.clients = new PlivoClients(options);
    this.numbers = new PlivoNumbers(
      (account) => this.clients.get(account),
      ({ id }) => this.webhookOf(id),
    );
  }

  /** All envelopes at once: the caller limits how many it passes. */
  async send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    let client: PlivoClient;
    try {
      client = this.clients.get(account);
    } catch (error) {
      return envelopes.map(() => refusedSetUp(error));
    }
    return Promise.all(envelopes.map((envelope) => this.sendOne(client, account.id, envelope, signal)));
  }

  /** Rejects with the provider's code if Plivo does not answer or rejects the credentials. */
  async ping(account: ProviderAccount): Promise<void> {
    const answer = await answered(this.clients.get(account)({ method: 'GET', path: '' }), 'is not well');
    if (answer.status !== 200) throw notWell('Plivo', outcomeOfPlivoError(answer));
  }

  examine(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]> {
    return examinePlivo(this.clients.get(account), account, setUp);
  }

  /** Rejects with a reason if Plivo does not answer, or its list says too much or may say too little. */
  traces(account: ProviderAccount, message: Pick<Envelope, 'from' | 'to'>, period: Period): Promise<Trace[]> {
    return tracesOf(this.clients.get(account), message, period);
  }

  /** Rejects with the provider's code if Plivo does not answer, or does not know the message. */
  async report(
    account: ProviderAccount,
    { providerMessageId: uuid, messageId }: { providerMessageId: string; messageId: string },
  ): Promise<ProviderEvent> {
    const call = this.clients.get(account)({ method: 'GET', path: `Message/${encodeURIComponent(uuid)}/` });
    const answer = await answered(call, 'did not tell of a message');
    if (answer.status !== 200) throw new Error(`Plivo did not tell of a message: ${outcomeOfPlivoError(answer).code}`);
    return eventOf(answer.body, messageId, uuid);
  }

  /** Plivo has no totals: they are what its records add up to. Rejects with a reason if Plivo does not answer. */
  records(account: ProviderAccount, day: string, from?: string): Promise<RecordPage> {
    return plivoRecords(this.clients.get(account), day, from);
  }

  mediaRequest(account: ProviderAccount, url: string): MediaRequest | undefined {
    return plivoMediaRequest(account, url, this.options.baseUrl);
  }

  private async sendOne(
    client: PlivoClient,
    accountId: string,
    envelope: Envelope,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    const body = this.messageOf(accountId, envelope);
    if (!body) return UNSUPPORTED;
    if (signal?.aborted) return NOT_BEGUN;
    try {
      return outcomeOfAnswer(await client({ method: 'POST', path: 'Message/', body, signal }));
    } catch (error) {
      return outcomeOfNoAnswer(error);
    }
  }

  private messageOf(
    accountId: string,
    { channel, from, to, content, messageId, expiresAt }: Envelope,
  ): object | undefined {
    if (content.kind !== 'text' || !PLIVO_SENDS.some((served) => served === channel)) return undefined;
    return {
      src: from,
      dst: to,
      text: content.body,
      type: channel,
      url: `${this.webhookOf(accountId)}?mid=${messageId}`,
      method: 'POST',
      ...(content.mediaUrls ? { media_urls: content.mediaUrls } : {}),
      ...(expiresAt && heldUntil(expiresAt)),
    };
  }

  private webhookOf(accountId: string): string {
    return `${this.options.webhookUrl}/${accountId}`;
  }
}

function answered(call: Promise<PlivoAnswer>, what: string): Promise<PlivoAnswer> {
  return call.catch((error: unknown) => {
    throw new Error(`Plivo ${what}: ${outcomeOfNoAnswer(error).code}`, { cause: error });
  });
}

/** An answer that names no message proves nothing, unless it says that the number is invalid. */
function outcomeOfAnswer(answer: PlivoAnswer): Outcome {
  const { status, body } = answer;
  if (status >= 300) return outcomeOfPlivoError(answer);
  const [uuid] = listAt(body, 'message_uuid');
  if (typeof uuid === 'string' && uuid !== '') return { kind: 'accepted', providerMessageId: uuid };
  if (listAt(body, 'invalid_number').length === 0) return NO_ANSWER;
  return {
    kind: 'refused',
    reason: 'recipient',
    code: 'invalid_number',
    message: 'Plivo takes the number for invalid.',
    suppress: 'invalid_address',
  };
}

/** How long Plivo may hold a text, in seconds; nothing if that is as long as it would anyway. */
function heldUntil(expiresAt: Date): { readonly message_expiry?: number } {
  const seconds = Math.floor((expiresAt.getTime() - Date.now()) / 1_000);
  return seconds < LONGEST_HELD_S ? { message_expiry: Math.max(seconds, 5) } : {};
}
