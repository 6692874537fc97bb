/** How an account is set up at Plivo. */
import { at, stringAt } from '../../kernel/index.js';
import { clockFindings, failed, ok, skipped, warning, type Finding, type SetUp } from '../examination.js';
import { outcomeOfNoAnswer } from '../network.errors.js';
import type { ProviderAccount } from '../provider.port.js';
import { RequestFault } from '../request-fault.js';
import { ownApplication, postsTo } from './plivo.applications.js';
import type { PlivoAnswer, PlivoClient } from './plivo.client.js';
import { outcomeOfPlivoError } from './plivo.errors.js';
import { PlivoRequests } from './plivo.requests.js';

const NUMBER = /^\+(\d{7,15})$/;
const AGAIN = 'Ask again, or look at the Plivo console.';

/** The clock and the credit; the platform's number, and the application that its messages go to; that of the numbers that we rented. */
export async function examinePlivo(
  client: PlivoClient,
  account: ProviderAccount,
  { from, webhookUrl }: SetUp,
): Promise<readonly Finding[]> {
  const digits = NUMBER.exec(from ?? '')?.[1];
  const urls = [`${webhookUrl}/${account.id}`, webhookUrl];
  return [
    ...(await examineAccount(client)),
    ...(digits === undefined ? [] : await examineNumber(client, digits, urls)),
    ...(await examineRented(client, account, `${webhookUrl}/${account.id}`)),
  ];
}

/** Nothing where no number was rented. */
async function examineRented(client: PlivoClient, { id }: ProviderAccount, url: string): Promise<readonly Finding[]> {
  const subject = 'rented numbers';
  try {
    const application = await ownApplication(new PlivoRequests(() => client), id);
    if (application === undefined) return [];
    if (postsTo(application, url)) return [ok(subject, 'their messages come here')];
    const advice =
      'Verify one of them (POST /api/numbers/{id}/verify): that leads all of them here, as is done once a day.';
    return [failed(subject, 'their messages go elsewhere', advice)];
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error;
    return [failed(subject, `Plivo answered ${error.code}`, AGAIN)];
  }
}

async function examineAccount(client: PlivoClient): Promise<readonly Finding[]> {
  const askedAt = Date.now();
  return asked(client, 'credit', '', ({ headers, body }) => {
    const credits = Number(stringAt(body, 'cash_credits') ?? NaN);
    const clock = clockFindings(headers['date'], askedAt);
    if (Number.isNaN(credits) || stringAt(body, 'billing_mode') === 'postpaid') return clock;
    const detail = `${credits.toFixed(2)} USD`;
    if (credits > 0 || at(body, 'auto_recharge') === true) return [...clock, ok('credit', detail)];
    return [...clock, failed('credit', detail, 'Add credit in the Plivo console: nothing is sent without.')];
  });
}

async function examineNumber(
  client: PlivoClient,
  digits: string,
  urls: readonly string[],
): Promise<readonly Finding[]> {
  return asked(client, 'sender', `Number/${digits}/`, async ({ status, body }) => {
    if (status === 404) {
      return [failed('sender', 'not a number of the account', 'Set PLIVO_PHONE_NUMBER to one of the Plivo console.')];
    }
    const sender =
      at(body, 'sms_enabled') === true
        ? ok('sender', 'a number of the account')
        : failed('sender', 'the number takes no texts', 'Choose one with SMS in the Plivo console.');
    return [sender, ...(await examineApplication(client, stringAt(body, 'application'), urls))];
  });
}

/** `path`: such as /v1/Account/MA…/Application/20372631212782780/. */
async function examineApplication(
  client: PlivoClient,
  path: string | undefined,
  [url = '', ...others]: readonly string[],
): Promise<readonly Finding[]> {
  const id = /\/Application\/(\w+)\/$/.exec(path ?? '')?.[1];
  const advice = `Attach an application to the number with the message URL ${url}, method POST.`;
  if (id === undefined) return [failed('webhook', 'no application is attached to the number', advice)];
  return asked(client, 'webhook', `Application/${id}/`, ({ status, body }) => {
    if (status === 404)
      return [skipped('webhook', 'the application is another account’s', 'Look at the Plivo console.')];
    const given = stringAt(body, 'message_url') ?? '';
    if (![url, ...others].includes(given)) return [failed('webhook', 'messages to the number go elsewhere', advice)];
    return stringAt(body, 'message_method') === 'GET'
      ? [warning('webhook', 'called with GET', advice)]
      : [ok('webhook', 'leads here')];
  });
}

async function asked(
  client: PlivoClient,
  subject: string,
  path: string,
  read: (answer: PlivoAnswer) => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  let answer: PlivoAnswer;
  try {
    answer = await client({ method: 'GET', path });
  } catch (error) {
    return [failed(subject, `no answer: ${outcomeOfNoAnswer(error).code}`, AGAIN)];
  }
  if (answer.status === 200 || answer.status === 404) return read(answer);
  return [failed(subject, `Plivo answered ${outcomeOfPlivoError(answer).code}`, AGAIN)];
}
