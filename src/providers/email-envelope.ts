/** Email envelopes on their way to a provider that takes several in one call. */
import type { EmailContent, Envelope } from './provider.port.js';

/** An envelope whose content is email; `place` is where its outcome belongs. */
export interface EmailEnvelope {
  readonly place: number;
  readonly envelope: Envelope;
  readonly content: EmailContent;
}

/** Emails that go in one call. A group of one goes alone and may be of any shape. */
export type EmailGroup = readonly [EmailEnvelope, ...EmailEnvelope[]];

/** Those of the envelopes that are email, each with its place among them. */
export const emailEnvelopesOf = (envelopes: readonly Envelope[]): EmailEnvelope[] =>
  envelopes.flatMap((envelope, place): EmailEnvelope[] =>
    envelope.content.kind === 'email' ? [{ place, envelope, content: envelope.content }] : [],
  );
