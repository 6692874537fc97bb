/** Resend: one email, a batch, an email by its id, and the domains of an account. */
import type { CallbackSchedule } from '../callback-schedule.js';
import type { CallbackSender } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import { bareAddress } from '../mailbox.js';
import type { MessageRecord, RecordedMessage } from '../message-record.js';
import type { ResendAccount } from './resend-accounts.js';
import type { WireAnswer } from '../wire.js';
import { IdempotencyKeys } from './idempotency.js';
import { resendJson, resendRefusal } from './resend-errors.js';
import { resendEvent, resendLifeOf } from './resend-events.js';
import { readBatch, readEmail, type ResendEmail } from './resend-request.js';

/** A call's inputs besides its body. */
export interface ResendCall {
  readonly account: ResendAccount;
  readonly idempotencyKey?: string;
  /** Accepts what it can of a batch, and names the rest. */
  readonly permissive?: boolean;
}

export class ResendEmails {
  readonly keys = new IdempotencyKeys();

  constructor(
    private readonly record: MessageRecord,
    private readonly schedule: CallbackSchedule,
    private readonly sender: CallbackSender,
    private readonly faults: Faults,
    private readonly publicUrl: string,
  ) {}

  send(call: ResendCall, body: unknown): WireAnswer {
    return this.keys.answer(this.keyOf(call, 'emails'), body, () => {
      const email = readEmail(body);
      if ('wrong' in email) throw resendRefusal('validation_error', email.wrong);
      return resendJson({ id: this.accept(call.account, email) });
    });
  }

  sendBatch(call: ResendCall, body: unknown): WireAnswer {
    return this.keys.answer(this.keyOf(call, 'batch'), body, () => {
      const emails = readBatch(body);
      const errors = emails.flatMap((email, index) => ('wrong' in email ? [{ index, message: email.wrong }] : []));
      const [first] = errors;
      if (first && !call.permissive) throw resendRefusal('validation_error', first.message);
      const data = emails.flatMap((email) => ('wrong' in email ? [] : [{ id: this.accept(call.account, email) }]));
      return resendJson(call.permissive ? { data, errors } : { data });
    });
  }

  get({ account }: ResendCall, id: string): WireAnswer {
    const message = this.record.find(id);
    if (message?.provider !== 'resend' || message.accountId !== account.id) {
      throw resendRefusal('not_found', 'Email not found');
    }
    const { from, to, subject, acceptedAt, status } = message;
    const lastEvent = status === 'accepted' ? 'queued' : status;
    return resendJson({
      object: 'email',
      id,
      from,
      to: [to],
      subject,
      created_at: acceptedAt.toISOString(),
      last_event: lastEvent,
    });
  }

  /** Keys are per account, and separate for single and batch calls. */
  private keyOf({ account, idempotencyKey }: ResendCall, endpoint: string): string | undefined {
    const key = this.keys.read(idempotencyKey);
    return key && `${account.id} ${endpoint} ${key}`;
  }

  private accept(account: ResendAccount, email: ResendEmail): string {
    const providerMessageId = crypto.randomUUID();
    for (const to of [...email.to, ...(email.cc ?? []), ...(email.bcc ?? [])]) {
      const message: RecordedMessage = {
        provider: 'resend',
        accountId: account.id,
        channel: 'email',
        from: bareAddress(email.from),
        to,
        subject: email.subject,
        html: email.html,
        text: email.text,
        headers: email.headers,
        replyTo: email.replyTo,
        cc: email.cc,
        bcc: email.bcc,
        attachments: email.attachments,
        messageId: email.tags['mid'],
        providerMessageId,
        acceptedAt: new Date(),
        status: 'accepted',
      };
      this.record.add(message);
      this.begin(account, message, email);
    }
    return providerMessageId;
  }

  private begin(account: ResendAccount, message: RecordedMessage, { from, to, subject, tags }: ResendEmail): void {
    const url = `${this.publicUrl}${account.webhookPath}`;
    this.schedule.plan(
      resendLifeOf(message.to, this.faults).map((stage) => {
        let callback: ReturnType<typeof resendEvent> | undefined;
        return {
          happen: () => {
            message.status = stage.status;
            message.sentAt ??= new Date();
          },
          tell: (forged) => {
            if (!account.webhookSecret) return;
            callback ??= resendEvent(url, account, stage, message, { from, to, subject, tags });
            this.sender.post(callback(forged));
          },
        };
      }),
    );
  }
}
