/**
 * SES events, as published by a configuration set:
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import type { Faults } from '../faults.js';
import { bareAddress } from '../mailbox.js';
import type { RecordedMessage } from '../message-record.js';
import type { SesSend } from './ses-request.js';

const REPORTING_MTA = 'dns; sandbox.amazonses.com';
const SIMULATOR = /^(success|bounce|complaint|ooto|suppressionlist)(?:\+[^@]*)?@simulator\.amazonses\.com$/i;

/** One step in an email's life: its status on record, and its part of the event. */
export interface SesStage {
  readonly status: string;
  readonly event: (recipient: string, timestamp: string) => object;
}

const SENT: SesStage = { status: 'sent', event: () => ({ eventType: 'Send', send: {} }) };

const DELIVERED: SesStage = {
  status: 'delivered',
  event: (recipient, timestamp) => ({
    eventType: 'Delivery',
    delivery: {
      timestamp,
      processingTimeMillis: 50,
      recipients: [recipient],
      smtpResponse: '250 2.6.0 Message received',
      reportingMTA: REPORTING_MTA,
    },
  }),
};

const COMPLAINED: SesStage = {
  status: 'complained',
  event: (recipient, timestamp) => ({
    eventType: 'Complaint',
    complaint: {
      complainedRecipients: [{ emailAddress: recipient }],
      timestamp,
      feedbackId: crypto.randomUUID(),
      complaintSubType: null,
      complaintFeedbackType: 'abuse',
      arrivalDate: timestamp,
    },
  }),
};

const bounced = (bounceSubType: string): SesStage => ({
  status: 'bounced',
  event: (recipient, timestamp) => ({
    eventType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType,
      bouncedRecipients: [
        { emailAddress: recipient, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
      timestamp,
      feedbackId: crypto.randomUUID(),
      reportingMTA: REPORTING_MTA,
    },
  }),
});

/** An out-of-office reply. SES reports it as a bounce, without the fields of a delivery status notification. */
const REPLIED: SesStage = {
  status: 'delivered',
  event: (recipient, timestamp) => ({
    eventType: 'Bounce',
    bounce: {
      bounceType: 'Transient',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: recipient }],
      timestamp,
      feedbackId: crypto.randomUUID(),
    },
  }),
};

const renderingFailed = (errorMessage: string): SesStage => ({
  status: 'failed',
  event: () => ({ eventType: 'Rendering Failure', failure: { templateName: 'inline', errorMessage } }),
});

/** The steps after acceptance, in order: by the mailbox simulator's addresses, else by the fault plan. */
export function sesLifeOf(send: SesSend, recipient: string, faults: Faults): readonly SesStage[] {
  if (send.renderingFailure) return [renderingFailed(send.renderingFailure)];
  const simulated = SIMULATOR.exec(recipient)?.[1]?.toLowerCase();
  switch (simulated ?? faults.nextOutcome(['bounce', 'complaint'])) {
    case 'bounce':
      return [SENT, bounced('General')];
    case 'suppressionlist':
      return [SENT, bounced('Suppressed')];
    case 'complaint':
      return [SENT, DELIVERED, COMPLAINED];
    case 'ooto':
      return [SENT, DELIVERED, REPLIED];
    case undefined:
    default:
      return [SENT, DELIVERED];
  }
}

/** The part of an email in its events: all but its content, which is not kept in memory for them. */
export type SesFacts = Pick<SesSend, 'from' | 'recipients' | 'subject' | 'headers' | 'tags' | 'configurationSet'>;

/** The whole event about one recipient of an email, as the JSON text inside an SNS message. */
export function sesEvent(stage: SesStage, facts: SesFacts, message: RecordedMessage, topicArn: string): string {
  const { to: recipient, providerMessageId: messageId, acceptedAt } = message;
  const [, , , region, awsAccountId] = topicArn.split(':');
  const fromAddress = bareAddress(facts.from);
  const headers = { From: facts.from, To: recipient, Subject: facts.subject, ...facts.headers };
  const tags = {
    ...(facts.configurationSet && { 'ses:configuration-set': facts.configurationSet }),
    'ses:from-domain': fromAddress.slice(fromAddress.indexOf('@') + 1),
    ...facts.tags,
  };
  return JSON.stringify({
    ...stage.event(recipient, new Date().toISOString()),
    mail: {
      timestamp: acceptedAt.toISOString(),
      source: facts.from,
      sourceArn: `arn:aws:ses:${region}:${awsAccountId}:identity/${fromAddress}`,
      sendingAccountId: awsAccountId,
      messageId,
      destination: facts.recipients,
      headersTruncated: false,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      commonHeaders: { from: [facts.from], to: [recipient], messageId, subject: facts.subject },
      tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
    },
  });
}
