/** How an account is set up at Twilio. */
import type { Twilio } from 'twilio';
import { clockFindings, failed, ok, skipped, warning, type Finding, type SetUp } from '../examination.js';
import type { ProviderAccount } from '../provider.port.js';
import { outcomeOfTwilioError } from './twilio.errors.js';
import type { Exchange, TwilioHttpClient } from './twilio.http.js';

const AGAIN = 'Ask again, or look at the Twilio console.';
/** An API key may not ask for the account (20003, "Standard" and "Restricted" keys). */
const FORBIDDEN = '20003';

/** The clock, the kind of the account and its balance; the platform's number, and where its messages go. */
export async function examineTwilio(
  client: Twilio,
  http: TwilioHttpClient,
  { credentials }: ProviderAccount,
  { from, webhookUrl }: SetUp,
): Promise<readonly Finding[]> {
  const exchange: Exchange = {};
  const askedAt = Date.now();
  const balance = await http.during(exchange, () => asked('balance', () => examineBalance(client)));
  const clock = clockFindings(exchange.date, askedAt);
  const account = credentials['apiKeySid'] === undefined ? await asked('account', () => examineAccount(client)) : [];
  const sender = from === undefined ? [] : await asked('sender', () => examineNumber(client, from, webhookUrl));
  return [...clock, ...account, ...balance, ...sender];
}

async function examineAccount(client: Twilio): Promise<readonly Finding[]> {
  const { type } = await client.api.v2010.account.fetch();
  return type === 'Trial'
    ? [warning('account', 'a trial: it sends to verified numbers only', 'Upgrade it in the Twilio console.')]
    : [ok('account', 'active')];
}

/** An account with an invoice has a balance below zero. */
async function examineBalance(client: Twilio): Promise<readonly Finding[]> {
  const { balance, currency } = await client.balance.fetch();
  const detail = `${Number(balance).toFixed(2)} ${currency}`;
  return Number(balance) > 0
    ? [ok('balance', detail)]
    : [warning('balance', detail, 'Unless you pay by invoice: add funds in the Twilio console, or it is suspended.')];
}

/** A Messaging Service that the number is in may take its messages instead, and an application does. */
async function examineNumber(client: Twilio, from: string, webhookUrl: string): Promise<readonly Finding[]> {
  // The filter matches parts of numbers too.
  const found = await client.incomingPhoneNumbers.list({ phoneNumber: from, limit: 20 });
  const number = found.find(({ phoneNumber }) => phoneNumber === from);
  if (!number) {
    return [failed('sender', 'not a number of the account', 'Set TWILIO_PHONE_NUMBER to one of the Twilio console.')];
  }
  const { capabilities, smsUrl, smsMethod, smsApplicationSid } = number;
  const sender = capabilities.sms
    ? ok('sender', 'a number of the account')
    : failed('sender', 'the number takes no texts', 'Rent one with SMS in the Twilio console.');
  const leadsHere = !smsApplicationSid && smsUrl.split('#')[0] === webhookUrl && smsMethod === 'POST';
  const advice = `Set "A message comes in" of the number to ${webhookUrl}, method POST, or the inbound URL of its Messaging Service.`;
  const webhook = leadsHere
    ? ok('webhook', 'leads here')
    : warning('webhook', 'messages to the number go elsewhere', advice);
  return [sender, webhook];
}

async function asked(subject: string, ask: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    const { code } = outcomeOfTwilioError(error);
    if (code === FORBIDDEN) return [skipped(subject, 'the API key may not ask for it', 'Look at the Twilio console.')];
    return [failed(subject, `Twilio answered ${code}`, AGAIN)];
  }
}
