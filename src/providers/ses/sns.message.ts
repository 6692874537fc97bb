/** What Amazon SNS posts. */
import { MalformedWebhook } from '../webhook.errors.js';

const TYPES = ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;
type SnsType = (typeof TYPES)[number];

/** A message whose origin is proven: only `SnsVerifier` makes them. */
export interface SnsMessage {
  readonly type: SnsType;
  /** The same for every repetition of one message. */
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly timestamp: Date;
  /** In confirmations: what to GET to agree. */
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

/** The fields as they came, nothing proven. */
export type SnsFields = { readonly Type: SnsType } & Readonly<Record<(typeof REQUIRED)[number], string>> &
  Readonly<Partial<Record<(typeof OPTIONAL)[number], string>>>;

/** Reads the fields of a body. Throws `MalformedWebhook` where one is missing or not text. */
export function fieldsOf(rawBody: Buffer): SnsFields {
  const body = parse(rawBody.toString('utf8'));
  const type = TYPES.find((known) => known === body.Type);
  if (!type) throw new MalformedWebhook('Type');
  const fields: Record<string, string> = { Type: type };
  for (const key of [...REQUIRED, ...OPTIONAL]) {
    const value = body[key] ?? undefined;
    if (typeof value === 'string') fields[key] = value;
    else if (value !== undefined || REQUIRED.some((required) => required === key)) throw new MalformedWebhook(key);
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
