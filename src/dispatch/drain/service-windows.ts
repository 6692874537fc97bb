/** When people last wrote to us: it opens WhatsApp's customer service window, 24 hours for free-form replies. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';

@Injectable()
export class ServiceWindows {
  constructor(private readonly database: Database) {}

  /** The ids of the messages whose recipient wrote to their sender within the last 24 hours. */
  async open(
    messages: readonly Pick<ClaimedMessage, 'id' | 'channel' | 'sender_address' | 'recipient'>[],
  ): Promise<Set<string>> {
    if (messages.length === 0) return new Set();
    const rows = await this.database.query<{ id: string }>(
      `select message.id from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as message (id, channel, number, address)
       join conversation using (channel, number, address)
       where last_inbound_at > now() - interval '24 hours'`,
      [
        messages.map(({ id }) => id),
        messages.map(({ channel }) => channel),
        messages.map(({ sender_address: number }) => number),
        messages.map(({ recipient }) => recipient),
      ],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Records that a person wrote to one of our numbers. */
  async heardFrom(channel: string, number: string, address: string): Promise<void> {
    await this.database.query(
      `insert into conversation (channel, number, address, last_inbound_at) values ($1, $2, $3, now())
       on conflict (channel, number, address) do update set last_inbound_at = greatest(conversation.last_inbound_at, excluded.last_inbound_at)`,
      [channel, number, address],
    );
  }
}
