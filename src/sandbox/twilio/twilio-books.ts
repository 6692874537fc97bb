/** Twilio's prices and Usage Records. */
import { readMicros } from '../../kernel/index.js';
import { amountOf, booksOf, dayOf, daysBetween } from '../books.js';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { TwilioAccount } from './twilio-accounts.js';
import { twilioJson, twilioRefusal } from './twilio-errors.js';
import { field, type Form } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';

type Channel = RecordedMessage['channel'];

/** In micros, made up: for a segment of an SMS, else for a message or a call. */
const PRICES: Readonly<Record<Channel, number>> = { sms: 7_900, mms: 22_000, whatsapp: 5_000, voice: 14_000, email: 0 };
/** What is charged for; what failed is not. */
const CHARGED: readonly string[] = ['delivered', 'undelivered', 'read', 'completed', 'received'];
/** Some of Twilio's categories, a whole and its parts among them. */
const CATEGORIES: readonly [string, string, readonly string[]][] = [
  ['sms', 'messages', ['sms', 'sms-inbound']],
  ['sms-outbound', 'messages', ['sms']],
  ['sms-inbound', 'messages', ['sms-inbound']],
  ['mms-outbound', 'messages', ['mms']],
  ['channels-whatsapp-outbound', 'messages', ['whatsapp']],
  ['channels-whatsapp-inbound', 'messages', ['whatsapp-inbound']],
  ['calls-outbound', 'calls', ['voice']],
  ['totalprice', 'usd', ['sms', 'sms-inbound', 'mms', 'whatsapp', 'whatsapp-inbound', 'voice']],
];
const DAY = /^\d{4}-\d\d-\d\d$/;
const RECEIVED_KEPT = 10_000;
const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

export class TwilioBooks {
  /** Read after their end: Twilio knows the price only some time later. */
  private readonly readBefore = new WeakSet<RecordedMessage>();

  /** What people wrote, the oldest first. */
  private readonly received: RecordedMessage[] = [];

  constructor(private readonly sandbox: Pick<Sandbox, 'record'>) {}

  /** Enters what a person wrote. */
  enter(message: RecordedMessage): void {
    this.sandbox.record.keep(message);
    this.received.push(message);
    const oldest = this.received.length > RECEIVED_KEPT ? this.received.shift() : undefined;
    if (oldest) this.sandbox.record.drop(oldest);
  }

  /** What people wrote to an account, the newest first. */
  receivedBy(accountSid: string): RecordedMessage[] {
    return this.received.filter(({ accountId, isLost }) => accountId === accountSid && !isLost).toReversed();
  }

  /** As Twilio writes a charge, negative; null until the message, once ended, is read a second time. */
  priceOf(message: RecordedMessage): string | null {
    const micros = microsOf(message);
    if (micros === undefined) return null;
    if (this.readBefore.has(message)) return `-${amountOf(micros)}`;
    this.readBefore.add(message);
    return null;
  }

  /** One page of the daily records, each category of each day, zeros too. Refuses days that are none with 20001. */
  usage({ accountSid }: TwilioAccount, query: Form): WireAnswer {
    const [from = '', to = ''] = ['StartDate', 'EndDate'].map((name) => field(query, name));
    if (!DAY.test(from) || !DAY.test(to)) throw twilioRefusal(20001);
    const ended = [...booksOf(this.sandbox, 'twilio', accountSid), ...this.receivedBy(accountSid)];
    const records = daysBetween(from, to).flatMap((day) => recordsOf(day, accountSid, ended));
    const size = Math.min(Math.max(Number(field(query, 'PageSize')) || PAGE_SIZE, 1), MAX_PAGE_SIZE);
    const start = Number(field(query, 'PageToken') ?? 0);
    const path = `/${API_VERSION}/Accounts/${accountSid}/Usage/Records/Daily.json`;
    const next = new URLSearchParams({ StartDate: from, EndDate: to, PageSize: String(size) });
    next.set('PageToken', String(start + size));
    return twilioJson(200, {
      usage_records: records.slice(start, start + size),
      page_size: size,
      uri: path,
      next_page_uri: start + size < records.length ? `${path}?${next.toString()}` : null,
    });
  }
}

/** Undefined for what is not charged for, or not yet. */
function microsOf({ channel, segments = 1, status, price }: RecordedMessage): number | undefined {
  if (price !== undefined) return Number(readMicros(price));
  if (!CHARGED.includes(status)) return undefined;
  return PRICES[channel] * (channel === 'sms' ? segments : 1);
}

const trafficOf = ({ channel, direction }: RecordedMessage): string =>
  direction === undefined ? channel : `${channel}-${direction}`;

const recordsOf = (day: string, accountSid: string, messages: readonly RecordedMessage[]): object[] =>
  CATEGORIES.map(([category, countUnit, channels]) => {
    const counted = messages.filter((message) => channels.includes(trafficOf(message)) && dayOf(message) === day);
    const micros = counted.reduce((sum, message) => sum + (microsOf(message) ?? 0), 0);
    return {
      account_sid: accountSid,
      api_version: API_VERSION,
      category,
      count: String(counted.length),
      count_unit: countUnit,
      usage: String(counted.reduce((sum, { segments = 1 }) => sum + segments, 0)),
      usage_unit: category.startsWith('sms') ? 'segments' : countUnit,
      price: amountOf(micros),
      price_unit: 'usd',
      start_date: day,
      end_date: day,
    };
  });
