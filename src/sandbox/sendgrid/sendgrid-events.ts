/** SendGrid's events: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, posted several at a time. */
import type { Faults } from '../faults.js';
import type { RecordedMessage } from '../message-record.js';
import type { SendGridEmail } from './sendgrid-request.js';

/** The sandbox's own addresses: SendGrid has none. */
const SIMULATOR =
  /^(delivered|bounced|blocked|dropped|complained|unsubscribed|deferred)(?:\+[^@]*)?@sandbox\.sendgrid\.test$/i;

/** One step in an email's life: its status on record, and its event. */
export interface SendGridStage {
  readonly status: 'sent' | 'delivered' | 'bounced' | 'complained' | 'suppressed';
  readonly event: string;
  readonly data?: object;
}

const PROCESSED: SendGridStage = { status: 'sent', event: 'processed' };
const DELIVERED: SendGridStage = { status: 'delivered', event: 'delivered', data: { response: '250 OK' } };
const DEFERRED: SendGridStage = {
  status: 'sent',
  event: 'deferred',
  data: { response: '421 4.7.0 try again later', attempt: '1' },
};
const BOUNCED: SendGridStage = {
  status: 'bounced',
  event: 'bounce',
  data: {
    type: 'bounce',
    status: '5.1.1',
    reason: '550 5.1.1 user unknown',
    bounce_classification: 'Invalid Address',
  },
};
const BLOCKED: SendGridStage = {
  status: 'bounced',
  event: 'bounce',
  data: { type: 'blocked', status: '4.7.1', reason: '450 4.7.1 try later', bounce_classification: 'Reputation' },
};
const DROPPED: SendGridStage = {
  status: 'suppressed',
  event: 'dropped',
  data: { reason: 'Bounced Address', status: '' },
};
const COMPLAINED: SendGridStage = { status: 'complained', event: 'spamreport' };
const UNSUBSCRIBED: SendGridStage = { status: 'delivered', event: 'unsubscribe' };

/** The steps after acceptance, in order: by the simulator's addresses, else by the fault plan. */
export function sendGridLifeOf(recipient: string, faults: Faults): readonly SendGridStage[] {
  const simulated = SIMULATOR.exec(recipient)?.[1]?.toLowerCase();
  switch (simulated ?? faults.nextOutcome(['bounce', 'complaint'])) {
    case 'bounce':
    case 'bounced':
      return [PROCESSED, BOUNCED];
    case 'blocked':
      return [PROCESSED, BLOCKED];
    case 'dropped':
      return [DROPPED];
    case 'complaint':
    case 'complained':
      return [PROCESSED, DELIVERED, COMPLAINED];
    case 'unsubscribed':
      return [PROCESSED, DELIVERED, UNSUBSCRIBED];
    case 'deferred':
      return [PROCESSED, DEFERRED, DELIVERED];
    case undefined:
    default:
      return [PROCESSED, DELIVERED];
  }
}

/** The event of a stage, as it happens now. Every copy and every attempt has the same id. */
export function sendGridEvent(
  { event, data }: SendGridStage,
  { to, providerMessageId }: Pick<RecordedMessage, 'to' | 'providerMessageId'>,
  { customArgs, categories }: Pick<SendGridEmail, 'customArgs'> & { readonly categories: readonly string[] },
): object {
  return {
    email: to,
    timestamp: Math.floor(Date.now() / 1_000),
    event,
    sg_event_id: Buffer.from(crypto.randomUUID()).toString('base64url'),
    sg_message_id: `${providerMessageId}.recvd-sandbox-1-${crypto.randomUUID().slice(0, 8)}-1.0`,
    'smtp-id': `<${providerMessageId}@sandbox.sendgrid.test>`,
    ...(categories.length > 0 ? { category: categories } : {}),
    ...data,
    ...customArgs,
  };
}
