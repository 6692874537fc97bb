/** Twilio's Messages resource: send, fetch, list. */
import { mayCall } from '../callback-target.js';
import type { MessageRecord, RecordedMessage } from '../message-record.js';
import type { SandboxOptions } from '../sandbox.options.js';
import type { TwilioAccount } from './twilio-accounts.js';
import type { TwilioBooks } from './twilio-books.js';
import { twilioJson, twilioRefusal, twilioSid } from './twilio-errors.js';
import type { TwilioLives } from './twilio-lives.js';
import { bare, field, isService, readTwilioSend, type Form, type TwilioSend } from './twilio-request.js';
import { messageJson, messagesPath } from './twilio-resources.js';
import type { TwilioSubscribers } from './twilio-subscribers.js';
import type { WireAnswer } from '../wire.js';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
/** Begins the token of a page that ends with a received message. */
const RECEIVED = 'received:';

export class TwilioMessages {
  constructor(
    private readonly record: MessageRecord,
    private readonly lives: TwilioLives,
    private readonly subscribers: TwilioSubscribers,
    private readonly books: TwilioBooks,
    private readonly options: Pick<SandboxOptions, 'countSegments' | 'publicUrl'>,
  ) {}

  send(account: TwilioAccount, form: Form): WireAnswer {
    const send = readTwilioSend(form, (url) => mayCall(url, this.options.publicUrl));
    const { channel, to, sender } = send;
    if (channel !== 'whatsapp' && this.subscribers.hasStopped(to, sender)) throw twilioRefusal(21610);
    const message = this.accept(account.accountSid, send);
    this.lives.begin(message, send, account.authToken, this.subscribers.windowIsOpen(to, sender));
    return twilioJson(201, messageJson(message));
  }

  fetch(accountSid: string, sid: string): WireAnswer {
    const message = this.record.find(sid);
    if (message?.provider !== 'twilio' || message.accountId !== accountSid) throw twilioRefusal(20404);
    return twilioJson(200, messageJson(message, this.books.priceOf(message)));
  }

  /**
   * One page of an account's messages: those sent, newest first, then those received. Filters: To, From, DateSent, `DateSent<`,
   * `DateSent>` (inclusive).
   */
  list(accountSid: string, query: Form): WireAnswer {
    const pageSize = Math.min(Math.max(Number(field(query, 'PageSize')) || DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);
    const messages: object[] = [];
    let last = '';
    let nextPageUri: string | null = null;
    for (const [token, message] of this.after(accountSid, query)) {
      if (!matches(message, query)) continue;
      if (messages.length === pageSize) {
        nextPageUri = `${messagesPath(accountSid)}.json?${nextPage(query, last)}`;
        break;
      }
      messages.push(messageJson(message, this.books.priceOf(message)));
      last = token;
    }
    return twilioJson(200, {
      messages,
      page_size: pageSize,
      uri: `${messagesPath(accountSid)}.json`,
      next_page_uri: nextPageUri,
    });
  }

  /** An account's messages after a page, each with the token of the page that ends with it. */
  private *after(accountSid: string, query: Form): Generator<readonly [token: string, message: RecordedMessage]> {
    const [to, token = ''] = [field(query, 'To'), field(query, 'PageToken')];
    if (!token.startsWith(RECEIVED)) {
      for (const { position, message } of this.record.newestFirst(
        to && bare(to),
        token === '' ? Infinity : Number(token),
      )) {
        if (isMessageOf(accountSid, message)) yield [String(position), message];
      }
    }
    const received = this.books.receivedBy(accountSid);
    const lastSid = token.slice(RECEIVED.length);
    const start = received.findIndex(({ providerMessageId }) => providerMessageId === lastSid) + 1;
    for (const message of received.slice(start)) {
      if (to === undefined || message.to === bare(to)) yield [RECEIVED + message.providerMessageId, message];
    }
  }

  private accept(accountSid: string, send: TwilioSend): RecordedMessage {
    const { channel, to, sender, body, mediaUrls, contentSid, contentVariables, statusCallback } = send;
    const message: RecordedMessage = {
      provider: 'twilio',
      accountId: accountSid,
      channel,
      from: sender,
      to,
      body,
      ...(mediaUrls.length > 0 && { mediaUrls }),
      ...(contentSid && { contentSid, contentVariables }),
      messageId: (statusCallback && new URL(statusCallback).searchParams.get('mid')) || undefined,
      providerMessageId: twilioSid(mediaUrls.length > 0 ? 'MM' : 'SM'),
      segments: channel === 'sms' ? this.options.countSegments(body).segments : 1,
      acceptedAt: new Date(),
      status: isService(sender) ? 'accepted' : 'queued',
    };
    this.record.add(message);
    return message;
  }
}

const isMessageOf = (accountSid: string, { provider, accountId, channel, isLost }: RecordedMessage): boolean =>
  provider === 'twilio' && accountId === accountSid && channel !== 'voice' && !isLost;

function matches(message: RecordedMessage, query: Form): boolean {
  const from = field(query, 'From');
  const day = field(query, 'DateSent')?.slice(0, 10);
  const earliest = field(query, 'DateSent>');
  const latest = field(query, 'DateSent<');
  const sent = message.sentAt ?? message.acceptedAt;
  return (
    (from === undefined || message.from === bare(from)) &&
    (day === undefined || sent.toISOString().startsWith(day)) &&
    (earliest === undefined || sent.getTime() >= Date.parse(earliest)) &&
    (latest === undefined || sent.getTime() <= Date.parse(latest))
  );
}

function nextPage(query: Form, last: string): string {
  const page = new URLSearchParams({ PageToken: last });
  for (const name of ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>', 'PageSize']) {
    const value = field(query, name);
    if (value !== undefined) page.set(name, value);
  }
  return page.toString();
}
