/** How an account is set up at Resend. */
import { at } from '../../kernel/index.js';
import {
  clockFindings,
  domainOf,
  failed,
  ok,
  quotaFinding,
  skipped,
  warning,
  type Finding,
  type SetUp,
} from '../examination.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { ProviderAccount } from '../provider.port.js';
import type { Answer, ResendClient } from './resend.client.js';
import { outcomeOfResendError } from './resend.errors.js';

/** What our statuses and suppressions are made of: see docs/webhooks.md. */
const NEEDED_EVENTS = [
  'email.sent',
  'email.delivered',
  'email.bounced',
  'email.complained',
  'email.failed',
  'email.suppressed',
] as const;
const ASK_AGAIN = 'Ask again, or look at the Resend dashboard.';

/** The clock; the domain of the platform's sender; the webhook and its secret; and the quota. */
export async function examineResend(
  client: ResendClient,
  account: ProviderAccount,
  setUp: SetUp,
): Promise<readonly Finding[]> {
  return [
    ...(await examineDomains(client, setUp)),
    ...(await examineWebhook(client, account, setUp)),
    ...(await examineUsage(client)),
  ];
}

async function examineDomains(client: ResendClient, { from }: SetUp): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  return asked(
    client,
    'sender',
    () => client.domains.list({ limit: 100 }),
    ({ data }, date) => {
      const clock = clockFindings(date, askedAt);
      if (from === undefined) return clock;
      const domain = data.find(({ name }) => name === domainOf(from));
      if (domain?.status === 'verified') return [...clock, ok('sender', 'its domain is verified')];
      const detail = domain ? `its domain is ${domain.status}` : 'its domain is not one of the account';
      return [...clock, failed('sender', detail, 'Verify the domain of RESEND_FROM in the Resend dashboard.')];
    },
  );
}

async function examineWebhook(
  client: ResendClient,
  { id: accountId, credentials: { webhookSecret } }: ProviderAccount,
  { webhookUrl }: SetUp,
): Promise<readonly Finding[]> {
  const urls = [webhookUrl, `${webhookUrl}/${accountId}`];
  return asked(
    client,
    'webhook',
    () => client.webhooks.list({ limit: 100 }),
    async ({ data }) => {
      const webhook = data.find(({ endpoint }) => urls.includes(endpoint));
      if (!webhook) return [failed('webhook', 'none leads here', `Add one for ${webhookUrl} in the Resend dashboard.`)];
      if (webhook.status !== 'enabled')
        return [failed('webhook', webhook.status, 'Enable it in the Resend dashboard.')];
      const { events } = webhook;
      const lacking = events === null ? [] : NEEDED_EVENTS.filter((event) => !events.includes(event));
      if (lacking.length > 0) return [warning('webhook', `without ${lacking.join(', ')}`, 'Add these events to it.')];
      return asked(
        client,
        'webhook',
        () => client.webhooks.get(webhook.id),
        ({ signing_secret: secret }) =>
          secret === webhookSecret
            ? [ok('webhook', 'leads here, signed with our secret')]
            : [
                failed(
                  'webhook',
                  'signed with another secret than ours',
                  'Set RESEND_WEBHOOK_SECRET to its signing secret.',
                ),
              ],
      );
    },
  );
}

/** A limit of null is none. */
async function examineUsage(client: ResendClient): Promise<readonly Finding[]> {
  return asked(
    client,
    'quota',
    () => client.usage.get(),
    (usage) =>
      (['daily', 'monthly'] as const).flatMap((period) => {
        const [used, limit] = ['used', 'limit'].map((name) => at(usage, 'emails', period, name));
        const when = period === 'daily' ? 'today' : 'this month';
        return typeof used === 'number' && typeof limit === 'number' ? [quotaFinding(used, limit, when)] : [];
      }),
  );
}

/** A key that may only send is well: it tells nothing. */
async function asked<Data>(
  client: ResendClient,
  subject: string,
  ask: () => Promise<Answer<Data>>,
  read: (data: Data, date: string | undefined) => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  await client.waitForSlot();
  let answer: Answer<Data>;
  try {
    answer = await ask();
  } catch (error) {
    return [failed(subject, `no answer: ${outcomeOfNoAnswer(error).code}`, ASK_AGAIN)];
  }
  const { data, error, headers } = answer;
  if (!error) return read(data, headers?.['date']);
  if (error.name === 'restricted_api_key') {
    return [
      skipped(subject, 'the key may only send', 'Look at the Resend dashboard, or ask with a key of full access.'),
    ];
  }
  return [failed(subject, `Resend answered ${outcomeOfResendError(error).code}`, ASK_AGAIN)];
}
