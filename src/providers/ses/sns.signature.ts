/** Verifies that an HTTP notification comes from Amazon SNS, for a topic of ours, now. */
import { verify } from 'node:crypto';
import { MalformedWebhook, UntrustedWebhook } from '../webhook.errors.js';
import { SnsCertificates } from './sns.certificates.js';
import { fieldsOf, type SnsFields, type SnsMessage } from './sns.message.js';

export interface SnsVerifierOptions {
  /** The topics whose messages we accept. */
  readonly topicArns: readonly string[];
  /** Returns the PEM certificate at a checked URL; `fetchText` in production. */
  readonly fetchCert: (url: string) => Promise<string>;
  /** Certificate URLs to accept besides Amazon's own; only for a sandbox. */
  readonly allowCertUrl?: (url: string) => boolean;
  /** The time in milliseconds, for tests. */
  readonly now?: () => number;
}

/** The pattern of every signing certificate's URL; anybody may have a bucket under amazonaws.com. */
const CERT_URL =
  /^https:\/\/sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?\/SimpleNotificationService-[a-zA-Z0-9]{32}\.pem$/;

/** SNS retries a message for at most an hour and keeps its first timestamp. */
const MAX_AGE_MS = 75 * 60_000;

/** `SignatureVersion` to the digest of the RSA signature (SNS developer guide, "Verifying the signatures"). */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;
/** The signed fields, in order. */
const SIGNED: Readonly<Record<SnsMessage['type'], readonly (keyof SnsFields)[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: CONFIRMATION,
  UnsubscribeConfirmation: CONFIRMATION,
};

/** Verifies SNS messages of signature versions 1 and 2. Stateless except for its certificate cache. */
export class SnsVerifier {
  private readonly topics: ReadonlySet<string>;
  private readonly certificates: SnsCertificates;

  constructor(private readonly options: SnsVerifierOptions) {
    this.topics = new Set(options.topicArns);
    this.certificates = new SnsCertificates(options.fetchCert);
  }

  /**
   * Returns the verified message of a request body. Throws `MalformedWebhook` (not an SNS message), `UntrustedWebhook` (another
   * topic, a wrong signature, too old) or `UncheckedWebhook` (no certificate to check it with).
   */
  async verify(rawBody: Buffer): Promise<SnsMessage> {
    const fields = fieldsOf(rawBody);
    if (!this.topics.has(fields.TopicArn)) throw new UntrustedWebhook('the topic is not one of ours');
    const digest = DIGESTS.get(fields.SignatureVersion);
    if (!digest) throw new UntrustedWebhook('the signature version is not known');
    const certUrl = fields.SigningCertURL;
    if (!CERT_URL.test(certUrl) && !this.options.allowCertUrl?.(certUrl)) {
      throw new UntrustedWebhook('the certificate is not at an address of SNS');
    }
    const certificate = await this.certificates.at(certUrl);
    const now = this.options.now?.() ?? Date.now();
    if (now < certificate.validFromDate.getTime() || now > certificate.validToDate.getTime()) {
      throw new UntrustedWebhook('the certificate is not valid today');
    }
    const signature = Buffer.from(fields.Signature, 'base64');
    if (!verify(digest, Buffer.from(signedText(fields)), certificate.publicKey, signature)) {
      throw new UntrustedWebhook('the signature is wrong');
    }
    const timestamp = new Date(fields.Timestamp);
    if (Number.isNaN(timestamp.getTime())) throw new MalformedWebhook('Timestamp');
    if (Math.abs(now - timestamp.getTime()) > MAX_AGE_MS) throw new UntrustedWebhook('the message is too old');
    return {
      type: fields.Type,
      messageId: fields.MessageId,
      topicArn: fields.TopicArn,
      message: fields.Message,
      timestamp,
      ...(fields.SubscribeURL === undefined ? {} : { subscribeUrl: fields.SubscribeURL }),
    };
  }
}

/** Key and value on a line each; the subject only if present. */
function signedText(fields: SnsFields): string {
  return SIGNED[fields.Type]
    .filter((key) => fields[key] !== undefined)
    .map((key) => `${key}\n${fields[key]}\n`)
    .join('');
}
