/** How an account is set up at SendGrid. */
import { at, listAt, stringAt } from '../../kernel/index.js';
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
import type { SendGridAnswer, SendGridClient } from './sendgrid.client.js';
import { outcomeOfSendGridError } from './sendgrid.errors.js';

/** What our statuses and suppressions are made of: see docs/providers/sendgrid.md. */
const NEEDED_EVENTS = ['processed', 'delivered', 'bounce', 'dropped', 'spam_report'];
/** SendGrid's settings call it Sender Authentication; what single senders take is not documented apart. */
const SENDER_SCOPE = 'whitelabel.read';
const FORBIDDEN: readonly number[] = [401, 403];

/** The clock; the platform's sender; the signed Event Webhook and its key; and the quota. */
export async function examineSendGrid(
  client: SendGridClient,
  account: ProviderAccount,
  { from, webhookUrl }: SetUp,
): Promise<readonly Finding[]> {
  return [
    ...(await examineClock(client)),
    ...(from === undefined ? [] : await examineSender(client, from)),
    ...(await asked(
      client,
      'webhook',
      '/v3/user/webhooks/event/settings/all',
      'user.webhooks.event.settings.read',
      (body) => webhookOf(listAt(body, 'webhooks'), account, webhookUrl),
    )),
    ...(await asked(client, 'quota', '/v3/user/credits', 'user.credits.read', quotaOf)),
  ];
}

async function examineClock(client: SendGridClient): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  return asked(client, 'clock', '/v3/scopes', 'mail.send', (_, { headers }) => clockFindings(headers['date'], askedAt));
}

/** A sender is verified alone, or by its domain. */
async function examineSender(client: SendGridClient, from: string): Promise<readonly Finding[]> {
  const isSame = (address: string | undefined): boolean => address?.toLowerCase() === from.toLowerCase();
  const senders = await asked(client, 'sender', '/v3/verified_senders', SENDER_SCOPE, (body) =>
    listAt(body, 'results').some((each) => isSame(stringAt(each, 'from_email')) && at(each, 'verified') === true)
      ? [ok('sender', 'verified')]
      : [],
  );
  if (senders.some(({ result }) => result === 'ok')) return senders;
  const domains = await asked(client, 'sender', '/v3/whitelabel/domains?limit=500', SENDER_SCOPE, (body) => {
    const own = listAt({ body }, 'body').find((each) => stringAt(each, 'domain') === domainOf(from));
    if (at(own, 'valid') === true) return [ok('sender', 'its domain is authenticated')];
    const advice = 'Authenticate the domain of SENDGRID_FROM in SendGrid’s sender authentication.';
    return [failed('sender', own === undefined ? 'not verified' : 'the records of its domain are not valid', advice)];
  });
  const unknown = [...senders, ...domains].find(({ result }) => result === 'skipped');
  return unknown && !domains.some(({ result }) => result === 'ok') ? [unknown] : domains;
}

function webhookOf(
  webhooks: readonly unknown[],
  { id, credentials: { webhookKey } }: ProviderAccount,
  webhookUrl: string,
): readonly Finding[] {
  const urls = [webhookUrl, `${webhookUrl}/${id}`];
  const ours = webhooks.find((each) => urls.includes(stringAt(each, 'url') ?? ''));
  const where = 'in SendGrid’s mail settings';
  if (ours === undefined)
    return [failed('webhook', 'none leads here', `Add an Event Webhook for ${webhookUrl} ${where}.`)];
  if (at(ours, 'enabled') !== true) return [failed('webhook', 'disabled', `Enable it ${where}.`)];
  const key = stringAt(ours, 'public_key') ?? '';
  if (key === '') return [failed('webhook', 'not signed', `Enable its signature verification ${where}.`)];
  if (key !== webhookKey) {
    return [
      failed('webhook', 'signed with another key than ours', 'Set SENDGRID_WEBHOOK_KEY to its verification key.'),
    ];
  }
  const lacking = NEEDED_EVENTS.filter((event) => at(ours, event) !== true);
  return lacking.length > 0
    ? [warning('webhook', `without ${lacking.join(', ')}`, `Add these events to it ${where}.`)]
    : [ok('webhook', 'leads here, signed with our key')];
}

/** A plan without a limit has a total of zero. */
function quotaOf(body: unknown): readonly Finding[] {
  const [used, total] = ['used', 'total'].map((name) => at(body, name));
  if (typeof used !== 'number' || typeof total !== 'number') return [];
  return total > 0 ? [quotaFinding(used, total, 'in this period')] : [ok('quota', 'no limit')];
}

/** A key without the scope is well: it tells nothing. */
async function asked(
  client: SendGridClient,
  subject: string,
  path: string,
  scope: string,
  read: (body: unknown, answer: SendGridAnswer) => readonly Finding[],
): Promise<readonly Finding[]> {
  const again = 'Ask again, or look at SendGrid’s settings.';
  let answer: SendGridAnswer;
  try {
    answer = await client.get(path);
  } catch (error) {
    return [failed(subject, `no answer: ${outcomeOfNoAnswer(error).code}`, again)];
  }
  if (answer.status === 200) return read(answer.body, answer);
  if (FORBIDDEN.includes(answer.status)) {
    return [skipped(subject, 'the key may not ask for it', `Give it the scope ${scope}, and ask again.`)];
  }
  return [failed(subject, `SendGrid answered ${outcomeOfSendGridError(answer).code}`, again)];
}
