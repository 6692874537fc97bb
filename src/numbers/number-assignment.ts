/** Makes a number the sender of its venue, and ends that. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { CreateSender, VenueSenders, UpdateSender, type Channel } from '../tenants/index.js';
import type { LeasedNumber, NumberRow } from './number-row.js';
import { PhoneNumbers } from './phone-numbers.js';

@Injectable()
export class NumberAssignment {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    private readonly senders: VenueSenders,
    private readonly numbers: PhoneNumbers,
  ) {}

  /** A pool that speaks for the venue already stays its sender. Raises what CreateSender raises, and LeaseLost. */
  assign(number: LeasedNumber): Promise<void> {
    return this.database.transaction(async () => {
      const { tenant_id: tenantId, venue_id: venueId, provider } = number;
      const address = speakerOf(number);
      const known = await this.senders.sendersAt(venueId, address);
      for (const channel of channelsOf(number)) {
        if (known.some((sender) => sender.channel === channel && sender.status === 'active')) continue;
        await this.commands.execute(new CreateSender(tenantId, { venueId, channel, address, provider }));
      }
      await this.numbers.settle(number, { status: 'active', assigned_at: new Date().toISOString(), fault_code: null });
    });
  }

  /** Call it in the transaction that takes the number from its venue. A pool goes on speaking with its other numbers. */
  async release({ tenant_id: tenantId, venue_id: venueId, address, pool }: NumberRow): Promise<void> {
    if (pool !== null || address === null) return;
    for (const { id, channel } of await this.senders.sendersAt(venueId, address)) {
      // A WhatsApp sender is registered with Meta, not rented.
      if (channel !== 'whatsapp') await this.commands.execute(new UpdateSender(tenantId, id, { status: 'released' }));
    }
  }
}

/** A pool sends texts only. */
const channelsOf = ({ channels, pool }: NumberRow): readonly Channel[] =>
  pool === null ? channels : channels.filter((channel) => channel !== 'voice');

function speakerOf({ pool, address }: NumberRow): string {
  const speaker = pool ?? address;
  if (speaker === null) throw new Error('the number is chosen before');
  return speaker;
}
