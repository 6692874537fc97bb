/** The SNS topic that carries SES events to our webhook, with its subscription handshake and its certificate. */
import { randomBytes } from 'node:crypto';
import { createSelfSignedCertificate } from '../../kernel/index.js';
import type { Agenda } from '../agenda.js';
import type { CallbackSender, Post } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import type { SandboxOptions } from '../sandbox.options.js';
import { signSns, snsPost, type SnsFields } from './sns-envelope.js';

const FIRST_HANDSHAKE_WAIT_MS = 250;
const LONGEST_HANDSHAKE_WAIT_MS = 5_000;
/** SNS tries three times more, 20 s apart; the sandbox has less patience. */
const RETRY_DELAYS_MS = [250, 1_000, 4_000];
const MAX_HELD = 50_000;

/** Makes the post of one event. Every copy has the same id, time and signature. */
export type SnsNotification = (forged: boolean) => Promise<Post>;

/**
 * Events are posted once the subscription is confirmed; until then up to 50,000 of them are held back. A 5xx, a timeout or no
 * connection is tried again; a 4xx counts as delivered, as SNS has it.
 */
export class SnsTopic {
  /** `SimpleNotificationService-<32 hex>.pem`: what the signing certificate is served under. */
  readonly certificateName = `SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`;
  private readonly certificate = createSelfSignedCertificate('sns.amazonaws.com');
  private readonly token = randomBytes(64).toString('hex');
  private readonly subscriptionArn: string;
  private readonly webhook: string;
  private state: 'none' | 'pending' | 'confirmed' = 'none';
  private held: (() => void)[] = [];

  constructor(
    private readonly agenda: Agenda,
    private readonly sender: CallbackSender,
    private readonly faults: Faults,
    private readonly options: Pick<SandboxOptions, 'publicUrl' | 'sandboxUrl' | 'topicArn'>,
  ) {
    this.subscriptionArn = `${options.topicArn}:${crypto.randomUUID()}`;
    this.webhook = `${options.publicUrl}/webhook/ses`;
  }

  get certificatePem(): string {
    return this.certificate.certificatePem;
  }

  /** Subscribes our webhook: asks it for confirmation, again and again until it is given. Repeating this is harmless. */
  subscribe(): void {
    if (this.state !== 'none') return;
    this.state = 'pending';
    this.askForConfirmation(FIRST_HANDSHAKE_WAIT_MS);
  }

  /** What a GET on SubscribeURL does. Returns the subscription's ARN, or undefined for a wrong topic or token. */
  confirm(topicArn: string | undefined, token: string | undefined): string | undefined {
    if (topicArn !== this.options.topicArn || token !== this.token) return undefined;
    this.state = 'confirmed';
    const held = this.held;
    this.held = [];
    for (const post of held) post();
    return this.subscriptionArn;
  }

  notification(message: () => string): SnsNotification {
    let fields: SnsFields | undefined;
    let signature: Promise<string> | undefined;
    return async (forged) => {
      fields ??= this.fields('Notification', message(), {
        Subject: 'Amazon SES Email Event Notification',
        UnsubscribeURL: this.actionUrl({ Action: 'Unsubscribe', SubscriptionArn: this.subscriptionArn }),
      });
      signature ??= signSns(fields, this.certificate.privateKey);
      return snsPost(fields, forged ? undefined : await signature, this.subscriptionArn);
    };
  }

  publish(notification: SnsNotification, forged: boolean): void {
    const post = (): void =>
      this.sender.post({
        url: this.webhook,
        prepare: () => notification(forged),
        retryDelaysMs: RETRY_DELAYS_MS,
        retryOn: (result) => typeof result !== 'number' || result >= 500,
      });
    if (this.state === 'confirmed') post();
    else if (this.held.length < MAX_HELD) this.held.push(post);
  }

  private askForConfirmation(waitMs: number): void {
    if (this.state !== 'pending') return;
    const message = `You have chosen to subscribe to the topic ${this.options.topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
    const fields = this.fields('SubscriptionConfirmation', message, {
      Token: this.token,
      SubscribeURL: this.actionUrl({
        Action: 'ConfirmSubscription',
        TopicArn: this.options.topicArn,
        Token: this.token,
      }),
    });
    this.sender.post({
      url: this.webhook,
      prepare: async () => snsPost(fields, await signSns(fields, this.certificate.privateKey)),
      retryDelaysMs: [],
      retryOn: () => false,
    });
    this.agenda.in(waitMs, () => this.askForConfirmation(Math.min(waitMs * 2, LONGEST_HANDSHAKE_WAIT_MS)));
  }

  private fields(type: SnsFields['Type'], message: string, more: Partial<SnsFields>): SnsFields {
    return {
      Type: type,
      MessageId: crypto.randomUUID(),
      TopicArn: this.options.topicArn,
      Message: message,
      Timestamp: new Date().toISOString(),
      SignatureVersion: this.faults.plan.callbacks?.snsSignatureVersion ?? '2',
      SigningCertURL: `${this.options.sandboxUrl}/sns/${this.certificateName}`,
      ...more,
    };
  }

  private actionUrl(query: Readonly<Record<string, string>>): string {
    return `${this.options.sandboxUrl}/sns/?${new URLSearchParams(query).toString()}`;
  }
}
