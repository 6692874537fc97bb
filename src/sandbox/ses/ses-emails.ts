/** Amazon SES v2: SendEmail, SendBulkEmail and GetAccount. */
import type { CallbackSchedule } from '../callback-schedule.js';
import type { Faults } from '../faults.js';
import type { MessageRecord, RecordedMessage } from '../message-record.js';
import type { SandboxOptions } from '../sandbox.options.js';
import { sesEvent, sesLifeOf } from './ses-events.js';
import { sesJson } from './ses-errors.js';
import { bareAddress, readSesBulk, readSesSend, type SesSend } from './ses-request.js';
import { checkSesSignature, type SignedRequest } from './ses-signature.js';
import type { SnsTopic } from './sns-topic.js';
import type { WireAnswer } from '../wire.js';

export class SesEmails {
  private recipients = 0;

  constructor(
    private readonly record: MessageRecord,
    private readonly schedule: CallbackSchedule,
    private readonly faults: Faults,
    private readonly topic: SnsTopic,
    private readonly options: Pick<SandboxOptions, 'ses' | 'topicArn'>,
  ) {}

  /** Refuses a call that is not signed with the known credentials. */
  authenticate(request: SignedRequest): void {
    checkSesSignature(request, this.options.ses);
  }

  send(body: unknown): WireAnswer {
    return sesJson({ MessageId: this.accept(readSesSend(body)) });
  }

  sendBulk(body: unknown): WireAnswer {
    const results = readSesBulk(body).map((entry) =>
      'Status' in entry ? entry : { Status: 'SUCCESS', MessageId: this.accept(entry) },
    );
    return sesJson({ BulkEmailEntryResults: results });
  }

  account(): WireAnswer {
    return sesJson({
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: -1, MaxSendRate: 2_000, SentLast24Hours: this.recipients },
    });
  }

  /** One record and one life per recipient, all under one message id. */
  private accept(send: SesSend): string {
    const acceptedAt = new Date();
    const messageId = `0100${acceptedAt.getTime().toString(16).padStart(12, '0')}-${crypto.randomUUID()}-000000`;
    for (const recipient of send.recipients) {
      this.recipients += 1;
      const message: RecordedMessage = {
        provider: 'ses',
        accountId: this.options.ses.accessKeyId,
        channel: 'email',
        from: bareAddress(send.from),
        to: recipient,
        subject: send.subject,
        html: send.html,
        text: send.text,
        headers: send.headers,
        messageId: send.tags['mid'],
        providerMessageId: messageId,
        acceptedAt,
        status: 'accepted',
      };
      this.record.add(message);
      this.begin(message, send);
    }
    return messageId;
  }

  private begin(message: RecordedMessage, send: SesSend): void {
    const { html: _html, text: _text, ...facts } = send;
    this.schedule.plan(
      sesLifeOf(send, message.to, this.faults).map((stage) => {
        // Copies of one event are one notification: SNS repeats a message under the same id.
        const notification = this.topic.notification(() => sesEvent(stage, facts, message, this.options.topicArn));
        return {
          happen: () => {
            message.status = stage.status;
            message.sentAt ??= new Date();
          },
          tell: (forged) => this.topic.publish(notification, forged),
        };
      }),
    );
  }
}
