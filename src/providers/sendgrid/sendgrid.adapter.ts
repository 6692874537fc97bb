/** Email through SendGrid. */
import { listAt } from '../../kernel/index.js';
import { loadAttachments } from '../mail/load-attachments.js';
import { refusedSetUp } from '../client-cache.js';
import { emailEnvelopesOf, type EmailEnvelope } from '../email-envelope.js';
import type { Finding, SetUp } from '../examination.js';
import { inParallel } from '../in-parallel.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { Envelope, Outcome, ProviderAccount, ProviderAdapter } from '../provider.port.js';
import type { Days, UsageTotal } from '../provider.records.js';
import { mayBeOfOne, NO_ANSWER, NOT_BEGUN, UNSUPPORTED, AccountNotWell, notWell } from '../verdict.js';
import { SendGridClients, type SendGridAnswer, type SendGridClient, type SendGridOptions } from './sendgrid.client.js';
import { errorsIn, indexOf, outcomeOfSendGridError } from './sendgrid.errors.js';
import { examineSendGrid } from './sendgrid.examination.js';
import { callsOf, mailOf, type SendGridCall } from './sendgrid.request.js';
import { sendGridUsage } from './sendgrid.usage.js';
import { SendGridWebhook } from './sendgrid.webhook.js';

/** Concurrent calls of one `send`, if a batch does not fit one call. */
const PARALLEL = 8;

/** Everything the calls of one `send` share. */
interface SendContext {
  readonly client: SendGridClient;
  readonly signal: AbortSignal | undefined;
  /** By place: every call fills in those of its emails. */
  readonly outcomes: Outcome[];
}

/**
 * Sends email by SendGrid's call for up to a thousand recipients. Credentials: `apiKey`; for its events, `webhookKey`; and
 * `region`, where the account is in the EU.
 */
export class SendGridAdapter implements ProviderAdapter {
  private readonly clients: SendGridClients;
  private readonly webhook = new SendGridWebhook();
  readonly verifyWebhook = this.webhook.verify.bind(this.webhook);

  constructor(options: SendGridOptions = {}) {
    this.clients = new SendGridClients(options);
  }

  async send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    let client: SendGridClient;
    try {
      client = this.clients.get(account);
    } catch (error) {
      return envelopes.map(() => refusedSetUp(error));
    }
    const outcomes: Outcome[] = envelopes.map(() => UNSUPPORTED);
    await sendAll({ client, signal, outcomes }, emailEnvelopesOf(envelopes));
    return outcomes;
  }

  /** Rejects with a reason if SendGrid does not answer, rejects the key, or grants it no sending. */
  async ping(account: ProviderAccount): Promise<void> {
    const client = this.clients.get(account);
    const answer = await client.get('/v3/scopes').catch((error: unknown) => {
      throw notWell('SendGrid', outcomeOfNoAnswer(error), { cause: error });
    });
    if (answer.status !== 200) throw notWell('SendGrid', outcomeOfSendGridError(answer));
    if (!listAt(answer.body, 'scopes').includes('mail.send')) {
      throw new AccountNotWell('SendGrid', 'credentials', 'the key lacks the scope mail.send');
    }
  }

  /** Rejects with a reason if SendGrid does not answer, or the key may not read statistics. */
  usage(account: ProviderAccount, days: Days): Promise<UsageTotal[]> {
    return sendGridUsage(this.clients.get(account), days);
  }

  examine(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]> {
    return examineSendGrid(this.clients.get(account), account, setUp);
  }
}

async function sendAll(context: SendContext, emails: readonly EmailEnvelope[]): Promise<void> {
  await inParallel(callsOf(emails), PARALLEL, (call) => sendCall(context, call));
}

async function sendCall(context: SendContext, call: SendGridCall): Promise<void> {
  const { emails } = call;
  const settle = (outcome: Outcome): void => emails.forEach(({ place }) => (context.outcomes[place] = outcome));
  const carried = await loadAttachments(emails[0].content);
  if ('outcome' in carried) return settle(carried.outcome);
  if (context.signal?.aborted) return settle(NOT_BEGUN);
  let answer: SendGridAnswer;
  try {
    answer = await context.client.send(mailOf(call, carried.loaded), context.signal);
  } catch (error) {
    return settle(outcomeOfNoAnswer(error));
  }
  if (answer.status < 300) return settle(acceptance(answer));
  const errors = errorsIn(answer);
  const [first] = errors;
  const general = outcomeOfSendGridError(answer, errors.find((error) => indexOf(error) === undefined) ?? first);
  if (!mayBeOfOne(general) || emails.length === 1) return settle(general);
  // One email that SendGrid rejects fails the whole call. Nothing was sent: the others may be sent without it.
  const named = new Map(errors.map((error) => [indexOf(error), outcomeOfSendGridError(answer, error)]));
  const rest = emails.filter(({ place }, index) => {
    const outcome = named.get(index);
    if (outcome) context.outcomes[place] = outcome;
    return !outcome;
  });
  if (rest.length < emails.length) return sendAll(context, rest);
  const half = Math.ceil(emails.length / 2);
  await sendAll(context, emails.slice(0, half));
  await sendAll(context, emails.slice(half));
}

/** SendGrid gives one id to all emails of a call: with the address it names one of them. */
function acceptance({ status, headers }: SendGridAnswer): Outcome {
  const id = headers['x-message-id'];
  return status === 202 && typeof id === 'string' && id !== ''
    ? { kind: 'accepted', providerMessageId: id }
    : NO_ANSWER;
}
