/** Email through Amazon SES v2. */
import {
  GetAccountCommand,
  SendBulkEmailCommand,
  SendEmailCommand,
  type SESv2Client,
  type GetAccountCommandOutput,
} from '@aws-sdk/client-sesv2';
import { loadAttachments } from '../mail/load-attachments.js';
import { refusedSetUp } from '../client-cache.js';
import { emailEnvelopesOf, type EmailGroup, type EmailEnvelope } from '../email-envelope.js';
import type { Finding, SetUp } from '../examination.js';
import { inParallel } from '../in-parallel.js';
import type { Envelope, Outcome, ProviderAccount, ProviderAdapter } from '../provider.port.js';
import type { Days, UsageTotal } from '../provider.records.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { mayBeOfOne, NO_ANSWER, NOT_BEGUN, UNSUPPORTED, notWell } from '../verdict.js';
import { SesClients, type SesOptions } from './ses.client.js';
import { outcomeOfEntry, outcomeOfSesError } from './ses.errors.js';
import { examineSes } from './ses.examination.js';
import { bulkCall, groupEmails, singleCall } from './ses.request.js';
import { sesUsage } from './ses.usage.js';
import { SnsWebhook } from './sns.webhook.js';

/** Concurrent calls of one `send`, if a batch does not fit one call. */
const PARALLEL = 8;

/** Everything the calls of one `send` share. */
interface SendContext {
  readonly client: SESv2Client;
  readonly configurationSet: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends email by SES's single and bulk calls. Credentials: `region`, `accessKeyId`, `secretAccessKey` and, for delivery events,
 * the `configurationSet` that publishes them.
 */
export class SesAdapter implements ProviderAdapter {
  private readonly clients: SesClients;
  private readonly webhook: SnsWebhook;

  /** `sandboxUrl`: the base of a sandbox that posts events too. */
  constructor({ sandboxUrl, ...options }: SesOptions & { readonly sandboxUrl?: string } = {}) {
    this.clients = new SesClients(options);
    this.webhook = new SnsWebhook(sandboxUrl);
  }

  async send(account: ProviderAccount, envelopes: readonly Envelope[], signal?: AbortSignal): Promise<Outcome[]> {
    let client: SESv2Client;
    try {
      client = this.clients.get(account);
    } catch (error) {
      return envelopes.map(() => refusedSetUp(error));
    }
    const context: SendContext = { client, configurationSet: account.credentials.configurationSet, signal };
    const outcomes: Outcome[] = envelopes.map(() => UNSUPPORTED);
    await inParallel(groupEmails(emailEnvelopesOf(envelopes)), PARALLEL, async (group) => {
      const results = await sendGroup(context, group);
      group.forEach(({ place }, index) => (outcomes[place] = results[index] ?? NO_ANSWER));
    });
    return outcomes;
  }

  /** The account's MaxSendRate, in recipients. Not available to a send-only key. */
  async grantedRate(account: ProviderAccount): Promise<number | undefined> {
    return (await this.askAccount(account))?.SendQuota?.MaxSendRate;
  }

  verifyWebhook(request: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook> {
    return this.webhook.verify(request, accounts);
  }

  /** Rejects with the provider's code if SES does not answer or rejects the credentials. */
  async ping(account: ProviderAccount): Promise<void> {
    await this.askAccount(account);
  }

  /** Rejects with the provider's code if SES does not answer, or the account keeps no metrics. */
  async usage(account: ProviderAccount, days: Days): Promise<UsageTotal[]> {
    try {
      return await sesUsage(this.clients.get(account), days);
    } catch (error) {
      throw new Error(`The metrics of Amazon SES were not read: ${outcomeOfSesError(error).code}`, { cause: error });
    }
  }

  examine(account: ProviderAccount, setUp: SetUp): Promise<readonly Finding[]> {
    return examineSes(this.clients.get(account), account, setUp);
  }

  /** Undefined for a send-only key: its credentials are valid nonetheless. */
  private async askAccount(account: ProviderAccount): Promise<GetAccountCommandOutput | undefined> {
    const client = this.clients.get(account);
    try {
      return await client.send(new GetAccountCommand({}));
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
      throw notWell('Amazon SES', outcomeOfSesError(error), { cause: error });
    }
  }
}

async function sendGroup(context: SendContext, group: EmailGroup): Promise<Outcome[]> {
  const [first, ...others] = group;
  if (others.length === 0) return [await sendAlone(context, first)];
  const carried = await loadAttachments(first.content);
  if ('outcome' in carried) return group.map(() => carried.outcome);
  if (context.signal?.aborted) return group.map(() => NOT_BEGUN);
  try {
    const command = new SendBulkEmailCommand(bulkCall(group, carried.loaded, context.configurationSet));
    const { BulkEmailEntryResults: results = [] } = await context.client.send(command, { abortSignal: context.signal });
    return group.map((_, index) => outcomeOfEntry(results[index] ?? {}));
  } catch (error) {
    const outcome = outcomeOfSesError(error);
    // One email that SES rejects fails the whole call. Nothing was sent, so each may be sent alone.
    return mayBeOfOne(outcome)
      ? inParallel(group, PARALLEL, (email) => sendAlone(context, email))
      : group.map(() => outcome);
  }
}

async function sendAlone({ client, configurationSet, signal }: SendContext, email: EmailEnvelope): Promise<Outcome> {
  const carried = await loadAttachments(email.content);
  if ('outcome' in carried) return carried.outcome;
  if (signal?.aborted) return NOT_BEGUN;
  try {
    const command = new SendEmailCommand(singleCall(email, carried.loaded, configurationSet));
    const { MessageId } = await client.send(command, { abortSignal: signal });
    return MessageId ? { kind: 'accepted', providerMessageId: MessageId } : NO_ANSWER;
  } catch (error) {
    return outcomeOfSesError(error);
  }
}
