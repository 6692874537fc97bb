/** SendGrid: mail to one or many. */
import { randomBytes } from 'node:crypto';
import type { RecordedMessage } from '../message-record.js';
import type { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { SendGridAccount } from './sendgrid-accounts.js';
import { sendGridEvent, sendGridLifeOf } from './sendgrid-events.js';
import { SendGridPosts } from './sendgrid-posts.js';
import { readMail, type SendGridEmail, type SendGridMail } from './sendgrid-request.js';

/** The custom argument with our message id, as SendGrid's adapter names it. */
const MESSAGE_ID = 'cb_mid';

export class SendGridEmails {
  private readonly posts: SendGridPosts;

  constructor(private readonly sandbox: Sandbox) {
    const { agenda, sender, options } = sandbox;
    this.posts = new SendGridPosts(agenda, sender, options.publicUrl);
  }

  /** All emails of a call have one id, and there is no other answer than that. */
  send(account: SendGridAccount, body: unknown): WireAnswer {
    const mail = readMail(body);
    const providerMessageId = randomBytes(16).toString('base64url');
    for (const email of mail.emails) {
      const { to, cc = [], bcc = [] } = email;
      for (const each of [to, ...cc, ...bcc]) this.accept(account, providerMessageId, mail, { ...email, to: each });
    }
    return { status: 202, headers: { 'x-message-id': providerMessageId }, body: '' };
  }

  private accept(
    account: SendGridAccount,
    providerMessageId: string,
    { from, replyTo, attachments, categories }: SendGridMail,
    { to, cc, bcc, subject, text, html, headers, customArgs }: SendGridEmail,
  ): void {
    const message: RecordedMessage = {
      provider: 'sendgrid',
      accountId: account.id,
      channel: 'email',
      from,
      to,
      subject,
      html,
      text,
      headers,
      replyTo,
      cc,
      bcc,
      attachments,
      messageId: customArgs[MESSAGE_ID],
      providerMessageId,
      acceptedAt: new Date(),
      status: 'accepted',
    };
    this.sandbox.record.add(message);
    this.sandbox.schedule.plan(
      sendGridLifeOf(to, this.sandbox.faults).map((stage) => {
        let event: object | undefined;
        return {
          happen: () => {
            message.status = stage.status;
            message.sentAt ??= new Date();
          },
          tell: (forged) => {
            if (!account.hasWebhook) return;
            event ??= sendGridEvent(stage, { to, providerMessageId }, { customArgs, categories });
            this.posts.add(account, event, forged);
          },
        };
      }),
    );
  }
}
