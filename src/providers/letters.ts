/** Email envelopes on their way to a provider that takes several in one call. */
import type { EmailContent, Envelope } from './provider.port.js';

/** An email envelope; `place` is where its outcome belongs. */
export interface Letter {
  readonly place: number;
  readonly envelope: Envelope;
  readonly content: EmailContent;
}

/** Letters that go in one call. A group of one goes alone and may be of any shape. */
export type Group = readonly [Letter, ...Letter[]];

/** Those of the envelopes that are email, each with its place among them. */
export const lettersOf = (envelopes: readonly Envelope[]): Letter[] =>
  envelopes.flatMap((envelope, place): Letter[] =>
    envelope.content.kind === 'email' ? [{ place, envelope, content: envelope.content }] : [],
  );
