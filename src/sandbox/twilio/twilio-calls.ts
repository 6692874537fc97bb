/** Twilio's Calls resource: make, fetch, list; and how each call goes. */
import { booksOf, dayOf } from '../books.js';
import { mayCall } from '../callback-target.js';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { TwilioAccount } from './twilio-accounts.js';
import type { TwilioBooks } from './twilio-books.js';
import { callbackOf, signedForm } from './twilio-callbacks.js';
import { twilioJson, twilioRefusal, twilioSid } from './twilio-errors.js';
import { field, type Form } from './twilio-request.js';
import { API_VERSION, rfc2822 } from './twilio-resources.js';
import { readTwiml } from './twiml.js';

const E164 = /^\+[1-9]\d{6,14}$/;
const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
/** The sandbox's own numbers: +1 500 555 030N each end a call in one way; who has +1 500 555 04NN is busy the first time. */
const ENDS: ReadonlyMap<string, CallEnd> = new Map<string, CallEnd>([
  ['+15005550301', { status: 'busy' }],
  ['+15005550302', { status: 'no-answer' }],
  ['+15005550303', { status: 'failed', sipCode: '404' }],
  ['+15005550304', { status: 'completed', answeredBy: 'machine_start', keys: [] }],
  ['+15005550305', { status: 'completed', answeredBy: 'human', keys: ['1'] }],
  ['+15005550306', { status: 'completed', answeredBy: 'human', keys: ['2', '1'] }],
]);
const BUSY_AT_FIRST = /^\+150055504\d\d$/;

type CallEnd =
  | { readonly status: 'busy' | 'no-answer' | 'failed'; readonly sipCode?: string }
  | { readonly status: 'completed'; readonly answeredBy: string; readonly keys: readonly string[] };

/** What is told of a call at one moment. */
interface Progress {
  readonly status: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export class TwilioCalls {
  private readonly triedBefore = new Set<string>();

  constructor(
    private readonly sandbox: Sandbox,
    private readonly books: TwilioBooks,
  ) {}

  make(account: TwilioAccount, form: Form): WireAnswer {
    const [to, from, url] = ['To', 'From', 'Url'].map((name) => field(form, name));
    const callback = field(form, 'StatusCallback');
    if (!to) throw twilioRefusal(21201);
    if (!E164.test(to) || to === '+15005550001') throw twilioRefusal(21211);
    if (!from || !E164.test(from)) throw twilioRefusal(21212);
    const { publicUrl } = this.sandbox.options;
    if (!url || !mayCall(url, publicUrl) || (callback && !mayCall(callback, publicUrl))) throw twilioRefusal(21205);
    const message: RecordedMessage = {
      provider: 'twilio',
      accountId: account.accountSid,
      channel: 'voice',
      from,
      to,
      messageId: (callback && new URL(callback).searchParams.get('mid')) || undefined,
      providerMessageId: twilioSid('CA'),
      segments: 1,
      acceptedAt: new Date(),
      status: 'queued',
    };
    this.sandbox.record.add(message);
    this.begin(account, message, { url, callback });
    return twilioJson(201, callJson(message, null));
  }

  fetch({ accountSid }: TwilioAccount, sid: string): WireAnswer {
    const message = this.sandbox.record.find(sid);
    if (message?.channel !== 'voice' || message.accountId !== accountSid) throw twilioRefusal(20404);
    return twilioJson(200, callJson(message, this.books.priceOf(message)));
  }

  /** One page of an account's calls, newest first. Filters: To, From and StartTime, which is a day. */
  list({ accountSid }: TwilioAccount, query: Form): WireAnswer {
    const [to, from, day] = ['To', 'From', 'StartTime'].map((name) => field(query, name));
    const calls = booksOf(this.sandbox, 'twilio', accountSid)
      .filter((message) => message.channel === 'voice' && (to === undefined || message.to === to))
      .filter((message) => from === undefined || message.from === from)
      .filter((message) => day === undefined || dayOf(message) === day.slice(0, 10));
    const size = Math.min(Math.max(Number(field(query, 'PageSize')) || PAGE_SIZE, 1), MAX_PAGE_SIZE);
    const start = Number(field(query, 'PageToken') ?? 0);
    const path = `/${API_VERSION}/Accounts/${accountSid}/Calls.json`;
    const given = Object.entries({ To: to, From: from, StartTime: day, PageSize: String(size) });
    const next = new URLSearchParams(
      given.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
    );
    next.set('PageToken', String(start + size));
    return twilioJson(200, {
      calls: calls.slice(start, start + size).map((message) => callJson(message, this.books.priceOf(message))),
      page_size: size,
      uri: path,
      next_page_uri: start + size < calls.length ? `${path}?${next.toString()}` : null,
    });
  }

  private begin(
    account: TwilioAccount,
    message: RecordedMessage,
    { url, callback }: { readonly url: string; readonly callback: string | undefined },
  ): void {
    const end = this.endOf(message.to);
    this.sandbox.schedule.plan(
      progressOf(end).map(({ status, fields }, sequence) => ({
        happen: () => {
          message.status = status;
          message.sentAt ??= new Date();
          if (status === 'in-progress' && end.status === 'completed') void this.converse(account, message, url, end);
        },
        tell: (forged) => {
          if (!callback) return;
          const told = { ...callFields(message), CallStatus: status, SequenceNumber: String(sequence), ...fields };
          this.sandbox.sender.post(callbackOf(callback, account.authToken, told, forged));
        },
      })),
    );
  }

  private endOf(to: string): CallEnd {
    const known = ENDS.get(to);
    if (known) return known;
    if (BUSY_AT_FIRST.test(to)) {
      const isFirst = !this.triedBefore.has(to);
      this.triedBefore.add(to);
      return isFirst ? { status: 'busy' } : { status: 'completed', answeredBy: 'human', keys: ['1'] };
    }
    const drawn = this.sandbox.faults.nextOutcome(['undelivered', 'failed']);
    if (drawn === 'undelivered') return { status: 'no-answer' };
    return drawn === 'failed' ? { status: 'failed' } : { status: 'completed', answeredBy: 'human', keys: [] };
  }

  /** Hears what the call says, and presses keys where it asks for one. */
  private async converse(
    { authToken }: TwilioAccount,
    message: RecordedMessage,
    url: string,
    { answeredBy, keys }: Extract<CallEnd, { status: 'completed' }>,
  ): Promise<void> {
    const heard: string[] = [];
    let address: string | undefined = url;
    for (const key of [undefined, ...keys]) {
      if (address === undefined) break;
      const fields = {
        ...callFields(message),
        CallStatus: 'in-progress',
        AnsweredBy: answeredBy,
        ...(key !== undefined && { Digits: key }),
      };
      const answer = await this.sandbox.sender.ask(address, signedForm(address, authToken, fields));
      const { said, gather } = readTwiml(answer);
      heard.push(...said);
      message.body = heard.join('\n');
      address = gather;
    }
  }
}

/** From ringing to the end. */
function progressOf(end: CallEnd): readonly Progress[] {
  const ringing = [{ status: 'initiated' }, { status: 'ringing' }];
  if (end.status !== 'completed') {
    return [...ringing, { status: end.status, fields: { CallDuration: '0', ...sip(end.sipCode) } }];
  }
  const { answeredBy } = end;
  return [
    ...ringing,
    { status: 'in-progress' },
    { status: 'completed', fields: { CallDuration: '14', Duration: '1', AnsweredBy: answeredBy } },
  ];
}

const sip = (code: string | undefined): Readonly<Record<string, string>> =>
  code === undefined ? {} : { SipResponseCode: code };

const callFields = ({ accountId, providerMessageId, from, to }: RecordedMessage): Record<string, string> => ({
  AccountSid: accountId,
  ApiVersion: API_VERSION,
  CallSid: providerMessageId,
  CallbackSource: 'call-progress-events',
  Called: to,
  Caller: from,
  Direction: 'outbound-api',
  From: from,
  Timestamp: new Date().toUTCString().replace('GMT', '+0000'),
  To: to,
});

const callJson = (
  { providerMessageId: sid, accountId, from, to, status, acceptedAt, sentAt }: RecordedMessage,
  price: string | null,
): object => ({
  sid,
  account_sid: accountId,
  api_version: API_VERSION,
  from,
  to,
  status: status === 'initiated' ? 'queued' : status,
  direction: 'outbound-api',
  answered_by: null,
  duration: status === 'completed' ? '14' : null,
  price,
  price_unit: 'USD',
  date_created: rfc2822(acceptedAt),
  start_time: sentAt ? rfc2822(sentAt) : null,
  uri: `/${API_VERSION}/Accounts/${accountId}/Calls/${sid}.json`,
});
