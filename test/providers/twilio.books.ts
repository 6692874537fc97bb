/** Twilio's books of a day: two pages of messages and one of calls, and its Usage Records in two pages. */
import { DAY, type Books } from './books.contract.js';
import { json } from './loopback.js';

const ACCOUNT = `/2010-04-01/Accounts/AC${'0'.repeat(32)}`;
const AT = `Sat, 28 Nov 2026 10:00:00 +0000`;

const message = (sid: string, more: object = {}): object => ({
  sid,
  from: '+14155550100',
  to: '+14155550111',
  direction: 'outbound-api',
  status: 'delivered',
  num_segments: '1',
  num_media: '0',
  price: '-0.00790',
  price_unit: 'USD',
  error_code: null,
  error_message: null,
  date_created: AT,
  date_sent: AT,
  ...more,
});
const call = (sid: string, more: object = {}): object => ({
  sid,
  from: '+14155550100',
  to: '+14155550111',
  direction: 'outbound-api',
  status: 'completed',
  answered_by: 'human',
  duration: '14',
  price: '-0.01400',
  price_unit: 'USD',
  date_created: AT,
  start_time: AT,
  ...more,
});
const usage = (category: string, count: string, amount: string, price: string): object => ({
  category,
  count,
  usage: amount,
  price,
  price_unit: 'usd',
  start_date: DAY,
  end_date: DAY,
});

const pages: Readonly<Record<string, object>> = {
  [`${ACCOUNT}/Messages.json?DateSent=${DAY}`]: {
    messages: [
      message('SM1', { num_segments: '2', price: '-0.01580' }),
      message('SM2', { status: 'queued', price: null, price_unit: null }),
      message('SM3', { direction: 'inbound', status: 'received' }),
      message('SM4', { to: 'messenger:7' }),
    ],
    next_page_uri: `${ACCOUNT}/Messages.json?PageToken=2`,
  },
  [`${ACCOUNT}/Messages.json?PageToken=2`]: {
    messages: [
      message('MM5', { num_media: '1', price: '-0.0220000' }),
      message('SM6', { to: 'whatsapp:+14155550111', from: 'whatsapp:+14155550100', price: '0', status: 'read' }),
      message('SM7', { status: 'undelivered', error_code: 30003, price: '-0.0000001' }),
    ],
    next_page_uri: null,
  },
  [`${ACCOUNT}/Calls.json?StartTime=${DAY}`]: {
    calls: [call('CA8'), call('CA9', { direction: 'inbound' })],
    next_page_uri: `${ACCOUNT}/Calls.json?PageToken=2`,
  },
  [`${ACCOUNT}/Calls.json?PageToken=2`]: {
    calls: [call('CA10', { status: 'busy', answered_by: null, duration: '0', price: null })],
    next_page_uri: null,
  },
  [`${ACCOUNT}/Usage/Records/Daily.json?StartDate=${DAY}`]: {
    usage_records: [
      usage('sms', '60', '70', '0.5'),
      usage('sms-outbound', '41', '57', '0.32469'),
      usage('sms-outbound-longcode', '41', '57', '0.32469'),
      usage('mms-outbound', '0', '0', '0'),
      usage('sms-inbound', '19', '20', '0.15'),
      usage('sms-inbound-longcode', '19', '20', '0.15'),
    ],
    next_page_uri: `${ACCOUNT}/Usage/Records/Daily.json?PageToken=2`,
  },
  [`${ACCOUNT}/Usage/Records/Daily.json?PageToken=2`]: {
    usage_records: [usage('calls-outbound', '3', '4', '0.056'), usage('totalprice', '0.38', '0.38', '0.38069')],
    next_page_uri: null,
  },
};

const base = { to: '+14155550111', sentAt: new Date(`${DAY}T10:00:00Z`) };
const usd = (micros: number) => ({ price: { micros, currency: 'USD' } });

export const twilioBooks: Books = {
  script: ({ path }) => {
    const { pathname, searchParams } = new URL(path, 'http://twilio');
    const asked = ['DateSent', 'StartTime', 'StartDate', 'PageToken'].find((name) => searchParams.has(name)) ?? '';
    return json(200, pages[`${pathname}?${asked}=${searchParams.get(asked)?.slice(0, 10)}`] ?? { asked: path });
  },
  usage: [
    { day: DAY, channel: 'sms', messages: 41, segments: 57, ...usd(324_690) },
    { day: DAY, channel: 'sms', direction: 'inbound', messages: 19, segments: 20, ...usd(150_000) },
    { day: DAY, channel: 'voice', messages: 3, ...usd(56_000) },
  ],
  records: [
    { providerMessageId: 'SM1', channel: 'sms', ...base, status: 'delivered', segments: 2, ...usd(15_800) },
    { providerMessageId: 'SM2', channel: 'sms', ...base, status: 'sent', segments: 1 },
    {
      providerMessageId: 'SM3',
      channel: 'sms',
      direction: 'inbound',
      ...base,
      status: 'delivered',
      segments: 1,
      ...usd(7_900),
    },
    { providerMessageId: 'MM5', channel: 'mms', ...base, status: 'delivered', ...usd(22_000) },
    { providerMessageId: 'SM6', channel: 'whatsapp', ...base, status: 'read', ...usd(0) },
    { providerMessageId: 'SM7', channel: 'sms', ...base, status: 'undelivered', segments: 1 },
    { providerMessageId: 'CA8', channel: 'voice', ...base, status: 'delivered', ...usd(14_000) },
    { providerMessageId: 'CA10', channel: 'voice', ...base, status: 'undelivered' },
  ],
};
