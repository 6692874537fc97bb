/** The SNS topics of SES accounts' events. */
import { randomBytes } from 'node:crypto';
import { createSelfSignedCertificate } from '../../kernel/index.js';
import type { Agenda } from '../agenda.js';
import type { CallbackSender } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import type { SandboxOptions } from '../sandbox.options.js';
import { SnsTopic, type SnsCertificate } from './sns-topic.js';

/** Nothing but loopback relies on it, and every event is signed: 2,048 bits, as Amazon has, take five times as long. */
const KEY_BITS = 1024;

export class SnsTopics {
  readonly certificate: SnsCertificate = {
    name: `SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`,
    ...createSelfSignedCertificate('sns.amazonaws.com', KEY_BITS),
  };
  private readonly topics = new Map<string, SnsTopic>();

  constructor(
    private readonly agenda: Agenda,
    private readonly sender: CallbackSender,
    private readonly faults: Faults,
    private readonly options: Pick<SandboxOptions, 'publicUrl' | 'sandboxUrl'>,
  ) {}

  /** A topic by its ARN. Our webhook is subscribed to it on first use. */
  of(topicArn: string): SnsTopic {
    const known = this.topics.get(topicArn);
    if (known) return known;
    const topic = new SnsTopic(this.agenda, this.sender, this.faults, {
      topicArn,
      webhook: `${this.options.publicUrl}/webhook/ses`,
      snsUrl: `${this.options.sandboxUrl}/sns`,
      certificate: this.certificate,
    });
    this.topics.set(topicArn, topic);
    topic.subscribe();
    return topic;
  }

  /** The effect of a GET on SubscribeURL. Returns the subscription's ARN, or undefined for a wrong topic or token. */
  confirm(topicArn: string | undefined, token: string | undefined): string | undefined {
    return this.topics.get(topicArn ?? '')?.confirm(token);
  }
}
