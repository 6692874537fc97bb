/** An SNS topic that delivers SES events to our webhook, with its subscription handshake. */
import { randomBytes, type KeyObject } from 'node:crypto';
import type { Agenda } from '../agenda.js';
import type { CallbackSender, Post } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import { signSns, snsPost, type SnsFields } from './sns-envelope.js';

const FIRST_HANDSHAKE_WAIT_MS = 250;
const LONGEST_HANDSHAKE_WAIT_MS = 5_000;
/** SNS retries three times, 20 s apart; the sandbox retries sooner. */
const RETRY_DELAYS_MS = [250, 1_000, 4_000];
const MAX_HELD = 50_000;

/** A topic's addresses and its subscriber. */
export interface SnsPlace {
  readonly topicArn: string;
  /** Of our own service. */
  readonly webhook: string;
  /** The base URL of SNS itself. */
  readonly snsUrl: string;
  readonly certificate: SnsCertificate;
}

/** The signing key of all topics. */
export interface SnsCertificate {
  /** `SimpleNotificationService-<32 hex>.pem`: the certificate's path. */
  readonly name: string;
  readonly certificatePem: string;
  readonly privateKey: KeyObject;
}

/** Builds the post of one event. Every copy has the same id, time and signature. */
export type SnsNotification = (forged: boolean) => Promise<Post>;

/**
 * Events are posted once the subscription is confirmed; until then up to 50,000 of them are held back. A 5xx, a timeout or no
 * connection is retried; a 4xx counts as delivered, as at SNS.
 */
export class SnsTopic {
  private readonly token = randomBytes(64).toString('hex');
  private readonly subscriptionArn: string;
  private state: 'none' | 'pending' | 'confirmed' = 'none';
  private held: (() => void)[] = [];

  constructor(
    private readonly agenda: Agenda,
    private readonly sender: CallbackSender,
    private readonly faults: Faults,
    private readonly place: SnsPlace,
  ) {
    this.subscriptionArn = `${place.topicArn}:${crypto.randomUUID()}`;
  }

  get arn(): string {
    return this.place.topicArn;
  }

  /** Subscribes our webhook: requests confirmation repeatedly until it is given. Repeating this is harmless. */
  subscribe(): void {
    if (this.state !== 'none') return;
    this.state = 'pending';
    this.askForConfirmation(FIRST_HANDSHAKE_WAIT_MS);
  }

  /** The effect of a GET on SubscribeURL. Returns the subscription's ARN, or undefined for a wrong token. */
  confirm(token: string | undefined): string | undefined {
    if (token !== this.token) return undefined;
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
      signature ??= signSns(fields, this.place.certificate.privateKey);
      return snsPost(fields, forged ? undefined : await signature, this.subscriptionArn);
    };
  }

  publish(notification: SnsNotification, forged: boolean): void {
    const post = (): void =>
      this.sender.post({
        url: this.place.webhook,
        prepare: () => notification(forged),
        retryDelaysMs: RETRY_DELAYS_MS,
        retryOn: (result) => typeof result !== 'number' || result >= 500,
      });
    if (this.state === 'confirmed') post();
    else if (this.held.length < MAX_HELD) this.held.push(post);
  }

  private askForConfirmation(waitMs: number): void {
    if (this.state !== 'pending') return;
    const message = `You have chosen to subscribe to the topic ${this.arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
    const fields = this.fields('SubscriptionConfirmation', message, {
      Token: this.token,
      SubscribeURL: this.actionUrl({ Action: 'ConfirmSubscription', TopicArn: this.arn, Token: this.token }),
    });
    this.sender.post({
      url: this.place.webhook,
      prepare: async () => snsPost(fields, await signSns(fields, this.place.certificate.privateKey)),
      retryDelaysMs: [],
      retryOn: () => false,
    });
    this.agenda.in(waitMs, () => this.askForConfirmation(Math.min(waitMs * 2, LONGEST_HANDSHAKE_WAIT_MS)));
  }

  private fields(type: SnsFields['Type'], message: string, more: Partial<SnsFields>): SnsFields {
    return {
      Type: type,
      MessageId: crypto.randomUUID(),
      TopicArn: this.arn,
      Message: message,
      Timestamp: new Date().toISOString(),
      SignatureVersion: this.faults.plan.callbacks?.snsSignatureVersion ?? '2',
      SigningCertURL: `${this.place.snsUrl}/${this.place.certificate.name}`,
      ...more,
    };
  }

  private actionUrl(query: Readonly<Record<string, string>>): string {
    return `${this.place.snsUrl}/?${new URLSearchParams(query).toString()}`;
  }
}
