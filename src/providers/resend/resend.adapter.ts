/** Email through Resend. */
import type { CreateEmailOptions } from 'resend';
import { at, listAt, stringAt } from '../../kernel/index.js';
import { loadAttachments } from '../mail/load-attachments.js';
import { refusedSetUp } from '../client-cache.js';
import type { Finding, SetUp } from '../examination.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { ProviderEvent } from '../provider.events.js';
import { emailEnvelopesOf, type EmailGroup, type EmailEnvelope } from '../email-envelope.js';
import type { Envelope, Outcome, ProviderAccount, ProviderAdapter } from '../provider.port.js';
import { mayBeOfOne, NO_ANSWER, NOT_BEGUN, UNSUPPORTED, notWell } from '../verdict.js';
import { ResendClients, type ResendClient, type ResendOptions } from './resend.client.js';
import { outcomeOfEntry, outcomeOfResendError } from './resend.errors.js';
import { examineResend } from './resend.examination.js';
import { emailOf, groupEmails, idempotencyKey } from './resend.request.js';
import { resendReport, verifyResendWebhook } from './resend.webhook.js';

/** Resend keeps a key for 24 hours; an hour less, for clock differences and latency. */
const KEPT_MS = 23 * 3_600_000;

/** Sends email by Resend's single and batch calls. Credentials: `apiKey` and, for its webhooks, `webhookSecret`. */
export class ResendAdapter implements ProviderAdapter {
  readonly repeatableForMs = KEPT_MS;
  readonly verifyWebhook = verifyResendWebhook;
  private readonly clients: ResendClients;

  constructor(options: ResendOptions = {}) {
    this.clients = new ResendClients(options);
  }

  async send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    let client: ResendClient;
    try {
      client = this.clients.get(account);
    } catch (error) {
      return envelopes.map(() => refusedSetUp(error));
    }
    const outcomes: Outcome[] = envelopes.map(() => UNSUPPORTED);
    for (const group of groupEmails(emailEnvelopesOf(envelopes))) {
      const results = await sendGroup(client, group, signal);
      group.forEach(({ place }, index) => (outcomes[place] = results[index] ?? NO_ANSWER));
    }
    return outcomes;
  }

  /** Rejects with the provider's code if Resend does not answer, or does not know the message. */
  async report(
    account: ProviderAccount,
    { providerMessageId, messageId }: { providerMessageId: string; messageId: string },
  ): Promise<ProviderEvent> {
    const client = this.clients.get(account);
    await client.waitForSlot();
    const { data, error } = await answered(client.emails.get(providerMessageId), 'did not tell of a message');
    if (error) throw new Error(`Resend did not tell of a message: ${outcomeOfResendError(error).code}`);
    return resendReport(data.last_event, { providerMessageId, messageId, to: data.to });
  }

  /** Rejects with the provider's code if Resend does not answer or rejects the key. */
  async ping(account: ProviderAccount): Promise<void> {
    const client = this.clients.get(account);
    await client.waitForSlot();
    const { error } = await answered(client.domains.list(), 'is not well');
    if (error && error.name !== 'restricted_api_key') {
      throw notWell('Resend', outcomeOfResendError(error));
    }
  }

  examine(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]> {
    return examineResend(this.clients.get(account), account, setUp);
  }
}

function answered<Result>(call: Promise<Result>, what: string): Promise<Result> {
  return call.catch((error: unknown) => {
    throw new Error(`Resend ${what}: ${outcomeOfNoAnswer(error).code}`, { cause: error });
  });
}

async function sendGroup(client: ResendClient, group: EmailGroup, signal?: AbortSignal): Promise<Outcome[]> {
  const [first, ...others] = group;
  if (others.length === 0) return [await sendAlone(client, first, signal)];
  if (!(await client.waitForSlot(signal))) return group.map(() => NOT_BEGUN);
  const outcomes = await sendBatch(client, group, signal).catch((error: unknown) =>
    group.map(() => outcomeOfNoAnswer(error)),
  );
  if (!outcomes.every(mayBeOfOne)) return outcomes;
  // All refused, perhaps because of one: nothing was sent, so each may be sent alone.
  const alone: Outcome[] = [];
  for (const email of group) alone.push(await sendAlone(client, email, signal));
  return alone;
}

async function sendAlone(client: ResendClient, email: EmailEnvelope, signal?: AbortSignal): Promise<Outcome> {
  const carried = await loadAttachments(email.content);
  if ('outcome' in carried) return carried.outcome;
  if (!(await client.waitForSlot(signal))) return NOT_BEGUN;
  try {
    return await callAlone(client, emailOf(email, carried.loaded), idempotencyKey([email]), signal);
  } catch (error) {
    return outcomeOfNoAnswer(error);
  }
}

/** Rejects if there was no response. */
async function callAlone(
  client: ResendClient,
  email: CreateEmailOptions,
  key: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  const { data, error, headers } = await client.emails.send(email, { idempotencyKey: key, signal });
  if (error) return outcomeOfResendError(error, headers);
  return data.id ? { kind: 'accepted', providerMessageId: data.id } : NO_ANSWER;
}

/** Permissive: Resend takes what it can, and names the rest. Rejects if there was no response. */
async function sendBatch(client: ResendClient, group: EmailGroup, signal?: AbortSignal): Promise<Outcome[]> {
  const call = { idempotencyKey: idempotencyKey(group), signal, batchValidation: 'permissive' as const };
  const { data, error, headers } = await client.batch.send(
    group.map((email) => emailOf(email)),
    call,
  );
  if (error) return group.map(() => outcomeOfResendError(error, headers));
  const taken = listAt(data, 'data').map((each) => stringAt(each, 'id'));
  const refused = new Map(listAt(data, 'errors').map((each) => [at(each, 'index'), stringAt(each, 'message') ?? '']));
  if (taken.length + refused.size !== group.length) return group.map(() => NO_ANSWER); // the ids cannot be matched with certainty
  const ids = taken.values();
  return group.map((_, index): Outcome => {
    const message = refused.get(index);
    if (message !== undefined) return outcomeOfEntry(message);
    const id = ids.next().value;
    return id ? { kind: 'accepted', providerMessageId: id } : NO_ANSWER;
  });
}
