/** Email envelopes for providers that take several per call. */
import type { EmailContent, Envelope } from './provider.port.js';

/** An envelope with email content; `place` is the index of its outcome. */
export interface EmailEnvelope {
  readonly place: number;
  readonly envelope: Envelope;
  readonly content: EmailContent;
}

/** Emails of one call. A group of one is sent alone and may be of any shape. */
export type EmailGroup = readonly [EmailEnvelope, ...EmailEnvelope[]];

/** The email envelopes, each with its index. */
export const emailEnvelopesOf = (envelopes: readonly Envelope[]): EmailEnvelope[] =>
  envelopes.flatMap((envelope, place): EmailEnvelope[] =>
    envelope.content.kind === 'email' ? [{ place, envelope, content: envelope.content }] : [],
  );
