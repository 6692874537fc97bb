/** Amazon SES v2: SendEmail, SendBulkEmail, and how an account is set up. */
import type { CallbackSchedule } from '../callback-schedule.js';
import type { Faults } from '../faults.js';
import { bareAddress, isVerified } from '../mailbox.js';
import type { MessageRecord, RecordedMessage } from '../message-record.js';
import type { SandboxAccounts } from '../sandbox-accounts.js';
import { sesAccounts, type SesAccount } from './ses-accounts.js';
import { sesEvent, sesLifeOf } from './ses-events.js';
import { sesJson, sesRefusal } from './ses-errors.js';
import { readSesBulk, readSesSend, type SesSend } from './ses-request.js';
import { sesSigners, type SignedRequest } from './ses-signature.js';
import type { SnsTopics } from './sns-topics.js';
import type { WireAnswer } from '../wire.js';

const EVENT_TYPES = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'DELIVERY_DELAY', 'RENDERING_FAILURE'];

/** The accounts that signed a call: one, or several with the same access key. */
export type Signers = readonly SesAccount[];

export class SesEmails {
  /** The number of recipients sent to by each access key. */
  private readonly recipients = new Map<string, number>();

  constructor(
    private readonly record: MessageRecord,
    private readonly schedule: CallbackSchedule,
    private readonly faults: Faults,
    private readonly topics: SnsTopics,
    private readonly accounts: SandboxAccounts,
  ) {}

  /** Rejects a call that no known account has signed. */
  authenticate(request: SignedRequest): Promise<Signers> {
    return sesSigners(request, (accessKeyId) => sesAccounts(this.accounts, accessKeyId));
  }

  send(signers: Signers, body: unknown): WireAnswer {
    return sesJson({ MessageId: this.accept(signers, readSesSend(body)) });
  }

  sendBulk(signers: Signers, body: unknown): WireAnswer {
    const results = readSesBulk(body).map((entry) =>
      'Status' in entry ? entry : { Status: 'SUCCESS', MessageId: this.accept(signers, entry) },
    );
    return sesJson({ BulkEmailEntryResults: results });
  }

  account(signers: Signers): WireAnswer {
    return sesJson({
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: -1, MaxSendRate: 2_000, SentLast24Hours: this.recipients.get(keyOf(signers)) ?? 0 },
    });
  }

  /** Domains are verified, and no single addresses; rejects with NotFoundException. */
  identity(name: string): WireAnswer {
    if (name.includes('@') || !isVerified(name)) {
      throw sesRefusal('NotFoundException', `Email identity ${name} does not exist.`);
    }
    return sesJson({
      IdentityType: 'DOMAIN',
      VerifiedForSendingStatus: true,
      DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS' },
    });
  }

  /** Every configuration set publishes all events to the topics of the signers. */
  eventDestinations(signers: Signers): WireAnswer {
    const topics = [...new Set(signers.flatMap(({ topicArn }) => topicArn ?? []))];
    return sesJson({
      EventDestinations: topics.map((TopicArn, index) => ({
        Name: `destination-${index + 1}`,
        Enabled: true,
        MatchingEventTypes: EVENT_TYPES,
        SnsDestination: { TopicArn },
      })),
    });
  }

  /** One record and one life per recipient, all under one message id. */
  private accept(signers: Signers, send: SesSend): string {
    const accessKeyId = keyOf(signers);
    const acceptedAt = new Date();
    const messageId = `0100${acceptedAt.getTime().toString(16).padStart(12, '0')}-${crypto.randomUUID()}-000000`;
    for (const recipient of send.recipients) {
      this.recipients.set(accessKeyId, (this.recipients.get(accessKeyId) ?? 0) + 1);
      const message: RecordedMessage = {
        provider: 'ses',
        accountId: accessKeyId,
        channel: 'email',
        from: bareAddress(send.from),
        to: recipient,
        subject: send.subject,
        html: send.html,
        text: send.text,
        headers: send.headers,
        replyTo: send.replyTo,
        cc: send.cc,
        bcc: send.bcc,
        attachments: send.attachments,
        messageId: send.tags['mid'],
        providerMessageId: messageId,
        acceptedAt,
        status: 'accepted',
      };
      this.record.add(message);
      this.begin(signers, message, send);
    }
    return messageId;
  }

  /** Published to each topic of the signers, if any. */
  private begin(signers: Signers, message: RecordedMessage, send: SesSend): void {
    const { html: _html, text: _text, ...facts } = send;
    const topics = [...new Set(signers.flatMap(({ topicArn }) => topicArn ?? []))].map((arn) => this.topics.of(arn));
    this.schedule.plan(
      sesLifeOf(send, message.to, this.faults).map((stage) => {
        // Copies of one event are one notification: SNS retries a message under the same id.
        const notices = topics.map((topic) => ({
          topic,
          notification: topic.notification(() => sesEvent(stage, facts, message, topic.arn)),
        }));
        return {
          happen: () => {
            message.status = stage.status;
            message.sentAt ??= new Date();
          },
          tell: (forged) => {
            for (const { topic, notification } of notices) topic.publish(notification, forged);
          },
        };
      }),
    );
  }
}

export const keyOf = ([signer]: Signers): string => signer?.accessKeyId ?? '';
