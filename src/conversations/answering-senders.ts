/** From which of a venue's senders a person is answered. */
import { Injectable } from '@nestjs/common';
import { SenderDirectory } from '../tenants/index.js';
import type { ConversationChannel } from './conversation-row.js';

@Injectable()
export class AnsweringSenders {
  constructor(private readonly senders: SenderDirectory) {}

  /** The one whose number they wrote to, while the venue has it; undefined: whichever speaks for the venue. */
  async of(venueId: string, channel: ConversationChannel, number: string): Promise<string | undefined> {
    const holders = await this.senders.holdersOf(channel, number);
    return holders.find((holder) => holder.venueId === venueId && holder.status === 'active')?.senderId;
  }
}
