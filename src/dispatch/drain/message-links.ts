/** The links of a message: those of its recipient, and those that are counted. */
import { Injectable } from '@nestjs/common';
import { PersonLinks, type Addressed, type LinkVariables } from '../../consent/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import { CountedLinks } from '../../links/index.js';
import type { Envelope, MailHeader } from '../../providers/index.js';
import { segmentsOf } from '../messages/message-limits.js';
import { MessageTooLong } from '../messages/messages.errors.js';
import type { Prepared } from './prepared.js';

@Injectable()
export class MessageLinks {
  constructor(
    private readonly people: PersonLinks,
    private readonly counted: CountedLinks,
  ) {}

  /** By which the recipient leaves marketing, or chooses what to get. Raises PublicUrlUnknown. */
  variablesOf(message: ClaimedMessage): Promise<LinkVariables> {
    return this.people.of(addressed(message));
  }

  /** Marketing by email can be left with one click (RFC 8058). Raises PublicUrlUnknown. */
  async headersOf(message: ClaimedMessage): Promise<readonly MailHeader[]> {
    return message.category === 'marketing' ? this.people.headersOf(addressed(message)) : [];
  }

  /** With counted links, where the tenant counts. A text is measured again. One that would be too long with them keeps its own. */
  async countedIn(messages: readonly ClaimedMessage[], prepared: readonly Prepared[]): Promise<Prepared[]> {
    const sendable = messages.flatMap(({ category }, place) => {
      const one = prepared[place];
      return one && 'envelope' in one ? [{ envelope: one.envelope, category }] : [];
    });
    const written = (await this.counted.write(sendable)).values();
    return prepared.map((one) => {
      if ('failed' in one) return one;
      const { value: envelope = one.envelope } = written.next();
      if (envelope === one.envelope) return one;
      const segments = segmentsWithin(envelope);
      return segments === undefined ? one : { envelope, segments };
    });
  }
}

const addressed = ({ id: messageId, venue_id: venueId, channel, recipient }: ClaimedMessage): Addressed => ({
  messageId,
  venueId,
  channel,
  recipient,
});

/** How much it takes; undefined if it is too long. */
function segmentsWithin({ channel, content }: Envelope): number | undefined {
  try {
    return segmentsOf(channel, content.kind === 'text' ? content.body : undefined);
  } catch (error) {
    if (error instanceof MessageTooLong) return undefined;
    throw error;
  }
}
