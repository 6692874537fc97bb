/** Plivo's Message resource: send, fetch, list. */
import { randomUUID } from 'node:crypto';
import { booksOf, sentAtOf } from '../books.js';
import { mayCall } from '../callback-target.js';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { withoutPlus } from './plivo-callbacks.js';
import { plivoJson, plivoRefusal } from './plivo-errors.js';
import { PlivoLives } from './plivo-lives.js';
import { pageOf, readPlivoSend, type PlivoSend, type Query } from './plivo-request.js';
import type { PlivoSubscribers } from './plivo-subscribers.js';

export class PlivoMessages {
  private readonly lives: PlivoLives;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly subscribers: PlivoSubscribers,
  ) {
    this.lives = new PlivoLives(sandbox);
  }

  send(account: PlivoAccount, body: unknown): WireAnswer {
    const send = readPlivoSend(body, (url) => mayCall(url, this.sandbox.options.publicUrl));
    const message = this.accept(account, send);
    // Plivo takes a message to somebody who said STOP, and reports it as failed.
    const stopped = this.subscribers.hasStopped(send.to, send.sender);
    this.lives.begin(message, send.statusUrl, account.authToken, stopped);
    return plivoJson(202, { message: 'message(s) queued', message_uuid: [message.providerMessageId] });
  }

  fetch({ authId }: PlivoAccount, uuid: string): WireAnswer {
    const message = this.sandbox.record.find(uuid);
    if (message?.provider !== 'plivo' || message.accountId !== authId) throw plivoRefusal(404);
    return plivoJson(200, messageJson(message));
  }

  /** Up to twenty of an account's sent messages, newest first, by time. */
  list({ authId }: PlivoAccount, query: Query): WireAnswer {
    const since = timeOf(query['message_time__gte'], -Infinity);
    const until = timeOf(query['message_time__lte'], Infinity);
    const found = booksOf(this.sandbox, 'plivo', authId).filter((message) => {
      const sentAt = sentAtOf(message).getTime();
      return sentAt >= since && sentAt <= until;
    });
    return plivoJson(200, pageOf(found, query, messageJson));
  }

  private accept(
    { authId }: PlivoAccount,
    { channel, to, sender, body, mediaUrls, statusUrl }: PlivoSend,
  ): RecordedMessage {
    const message: RecordedMessage = {
      provider: 'plivo',
      accountId: authId,
      channel,
      from: sender,
      to,
      body,
      ...(mediaUrls.length > 0 && { mediaUrls }),
      messageId: (statusUrl && new URL(statusUrl).searchParams.get('mid')) || undefined,
      providerMessageId: randomUUID(),
      segments: channel === 'sms' ? this.sandbox.options.countSegments(body).segments : 1,
      acceptedAt: new Date(),
      status: 'queued',
    };
    this.sandbox.record.add(message);
    return message;
  }
}

function messageJson(message: RecordedMessage): object {
  const { channel, from, to, providerMessageId, status, errorCode, segments = 1 } = message;
  return {
    message_uuid: providerMessageId,
    from_number: withoutPlus(from),
    to_number: withoutPlus(to),
    message_direction: 'outbound',
    message_type: channel,
    message_state: status,
    error_code: errorCode === undefined ? '000' : String(errorCode),
    message_time: sentAtOf(message).toISOString(),
    units: segments,
    total_rate: '0.00500',
    total_amount: message.price ?? (0.005 * segments).toFixed(5),
  };
}

/** A time such as `2026-11-29 10:30:00`, in UTC; it names a whole second. */
function timeOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const time = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(time)) throw plivoRefusal(400, 'message_time is not a time');
  return fallback > 0 ? time + 999 : time;
}
