/** Envelopes for adapters to carry. */
import { randomUUID } from 'node:crypto';
import type { EmailContent, Envelope } from '../../src/providers/provider.port.js';

/** A recipient that providers of email refuse. */
export const BAD_ADDRESS = 'nobody@@example.com';

/** An email to this address, with what is given of its content. */
export const emailTo = (to: string, content: Partial<EmailContent> = {}): Envelope => ({
  messageId: randomUUID(),
  attempt: 1,
  tenantId: randomUUID(),
  channel: 'email',
  from: 'tickets@venue.example',
  to,
  content: { kind: 'email', subject: 'Your tickets', html: '<p>See you &amp; enjoy</p>', text: 'See you', ...content },
});
