/** Twilio's Calls resource: make, fetch, list; and how each call goes. */
import { mayCall } from '../callback-target.js';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { TwilioAccount } from './twilio-accounts.js';
import { callbackOf, signedForm } from './twilio-callbacks.js';
import { twilioJson, twilioRefusal, twilioSid } from './twilio-errors.js';
import { field, type Form } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';
import { readTwiml } from './twiml.js';

const E164 = /^\+[1-9]\d{6,14}$/;
const MOST = 100;
/** As Twilio writes a charge: negative. */
const PRICE = '-0.01400';
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
  /** Fetched after their end: Twilio knows the price only some time later. */
  private readonly askedBefore = new WeakSet<RecordedMessage>();

  constructor(private readonly sandbox: Sandbox) {}

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
    return twilioJson(201, callJson(message));
  }

  fetch({ accountSid }: TwilioAccount, sid: string): WireAnswer {
    const message = this.sandbox.record.find(sid);
    if (message?.channel !== 'voice' || message.accountId !== accountSid) throw twilioRefusal(20404);
    const price = this.askedBefore.has(message) ? PRICE : null;
    if (message.status === 'completed') this.askedBefore.add(message);
    return twilioJson(200, { ...callJson(message), price });
  }

  /** The newest hundred between two numbers. */
  list({ accountSid }: TwilioAccount, query: Form): WireAnswer {
    const from = field(query, 'From');
    const calls = [...this.sandbox.record.newestFirst(field(query, 'To'))]
      .map(({ message }) => message)
      .filter(({ channel, accountId }) => channel === 'voice' && accountId === accountSid)
      .filter((message) => from === undefined || message.from === from)
      .slice(0, MOST);
    return twilioJson(200, { calls: calls.map(callJson), next_page_uri: null });
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

const callJson = ({ providerMessageId: sid, accountId, from, to, status, acceptedAt }: RecordedMessage): object => ({
  sid,
  account_sid: accountId,
  api_version: API_VERSION,
  from,
  to,
  status: status === 'initiated' ? 'queued' : status,
  direction: 'outbound-api',
  answered_by: null,
  duration: status === 'completed' ? '14' : null,
  price: null,
  price_unit: 'USD',
  date_created: acceptedAt.toUTCString().replace('GMT', '+0000'),
  uri: `/${API_VERSION}/Accounts/${accountId}/Calls/${sid}.json`,
});
