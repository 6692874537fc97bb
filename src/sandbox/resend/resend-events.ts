/** Resend's webhooks: https://resend.com/docs/dashboard/webhooks/event-types, signed by Standard Webhooks. */
import { Webhook } from 'standardwebhooks';
import type { Callback, Post } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import type { RecordedMessage } from '../message-record.js';
import type { ResendAccount } from './resend-accounts.js';
import type { ResendEmail } from './resend-request.js';

/** Resend retries seven times, over a day; the sandbox retries less. */
const RETRY_DELAYS_MS = [250, 1_000, 4_000];
const SIMULATOR = /^(delivered|bounced|complained|suppressed)(?:\+[^@]*)?@resend\.dev$/i;

/** One step in an email's life: its status on record, and the part specific to its event type. */
export interface ResendStage {
  readonly status: string;
  readonly data?: object;
}

const SENT: ResendStage = { status: 'sent' };
const DELIVERED: ResendStage = { status: 'delivered' };
const BOUNCED: ResendStage = {
  status: 'bounced',
  data: { bounce: { message: '550 5.1.1 user unknown', type: 'Permanent', subType: 'General' } },
};
const SUPPRESSED: ResendStage = {
  status: 'suppressed',
  data: { suppressed: { message: 'It bounced before.', type: 'OnAccountSuppressionList' } },
};

/** The steps after acceptance, in order: by the simulator's addresses, else by the fault plan. */
export function resendLifeOf(recipient: string, faults: Faults): readonly ResendStage[] {
  const simulated = SIMULATOR.exec(recipient)?.[1]?.toLowerCase();
  switch (simulated ?? faults.nextOutcome(['bounce', 'complaint'])) {
    case 'bounce':
    case 'bounced':
      return [SENT, BOUNCED];
    case 'complaint':
    case 'complained':
      return [SENT, DELIVERED, { status: 'complained' }];
    case 'suppressed':
      return [SUPPRESSED];
    case undefined:
    default:
      return [SENT, DELIVERED];
  }
}

/** The part of an email in its events: all but its content, which is not kept in memory for them. */
export type ResendFacts = Pick<ResendEmail, 'from' | 'to' | 'subject' | 'tags'>;

/** The webhook of one event. Every copy and every attempt has the same id. */
export function resendEvent(
  url: string,
  account: ResendAccount,
  stage: ResendStage,
  message: RecordedMessage,
  facts: ResendFacts,
): (forged: boolean) => Callback {
  const id = eventId();
  const body = eventBody(stage, message, facts);
  return (forged) => ({
    url,
    prepare: () => signed(id, body, forged ? FORGED_SECRET : (account.webhookSecret ?? '')),
    retryDelaysMs: RETRY_DELAYS_MS,
    retryOn: (result) => typeof result !== 'number' || result >= 300,
  });
}

/** The bytes of one event, which happens now. */
export const eventBody = (
  { status, data }: ResendStage,
  { providerMessageId, acceptedAt }: Pick<RecordedMessage, 'providerMessageId' | 'acceptedAt'>,
  facts: ResendFacts,
): string =>
  JSON.stringify({
    type: `email.${status}`,
    created_at: new Date().toISOString(),
    data: {
      email_id: providerMessageId,
      message_id: `<${providerMessageId}@sandbox.resend.dev>`,
      created_at: acceptedAt.toISOString(),
      ...facts,
      ...data,
    },
  });

export const eventId = (): string => `msg_${crypto.randomUUID().replaceAll('-', '')}`;

const FORGED_SECRET = `whsec_${Buffer.from('of somebody who is not Resend').toString('base64')}`;

/** The post of one event, signed now. */
export function signed(id: string, body: string, secret: string): Post {
  const now = new Date();
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Svix-Webhooks/1.84 (sender-9YMgn; +https://www.svix.com/http-sender/)',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'svix-signature': new Webhook(secret).sign(id, now, body),
    },
    body,
  };
}
