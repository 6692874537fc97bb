/** What Amazon SNS posts. */
import { MalformedWebhook } from '../webhook.errors.js';

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;
type SnsType = (typeof TYPES)[number];

/** A verified message: only `SnsVerifier` creates them. */
export interface SnsMessage {
  readonly type: SnsType;
  /** The same for every repeat of one message. */
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly timestamp: Date;
  /** In confirmations: the URL to GET. */
  readonly subscribeUrl?: string;
}

const REQUIRED = [
  'Message',
  'MessageId',
  'Signature',
  'SignatureVersion',
  'SigningCertURL',
  'Timestamp',
  'TopicArn',
] as const;
const OPTIONAL = ['Subject', 'SubscribeURL', 'Token'] as const;

/** The fields as received, unverified. */
export type SnsFields = { readonly Type: SnsType } & Readonly<Record<(typeof REQUIRED)[number], string>> &
  Readonly<Partial<Record<(typeof OPTIONAL)[number], string>>>;

/**
 * Parses the fields of a body. Throws `MalformedWebhook` if one is missing or not text, or if any but the message contains a
 * line break: the signed text is only keys and values on lines, so a piece of the message could otherwise pass for another
 * field, such as a new message id.
 */
export function fieldsOf(rawBody: Buffer): SnsFields {
  const body = parse(rawBody.toString('utf8'));
  const type = TYPES.find((known) => known === body.Type);
  if (!type) throw new MalformedWebhook('Type');
  const fields: Record<string, string> = { Type: type };
  for (const key of [...REQUIRED, ...OPTIONAL]) {
    const value = body[key] ?? undefined;
    if (value === undefined && OPTIONAL.some((optional) => optional === key)) continue;
    if (typeof value !== 'string' || (key !== 'Message' && value.includes('\n'))) throw new MalformedWebhook(key);
    fields[key] = value;
  }
  return fields as SnsFields;
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MalformedWebhook('not a JSON object');
}
