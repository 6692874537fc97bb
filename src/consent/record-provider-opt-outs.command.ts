/** Records opt-outs reported by a provider that refused messages because of them. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Channel, ProviderName } from '../tenants/index.js';
import { ConsentLog } from './consent-log.js';

export interface ProviderOptOut {
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  readonly messageId: string;
  readonly provider?: ProviderName;
  /** The provider's own code, such as Twilio's 21610. */
  readonly code?: string;
}

/** Records an opt-out from the message's venue for each. */
export class RecordProviderOptOuts extends Command<void> {
  constructor(readonly optOuts: readonly ProviderOptOut[]) {
    super();
  }
}

@CommandHandler(RecordProviderOptOuts)
export class RecordProviderOptOutsHandler implements ICommandHandler<RecordProviderOptOuts> {
  constructor(private readonly log: ConsentLog) {}

  async execute({ optOuts }: RecordProviderOptOuts): Promise<void> {
    await this.log.recordReported(
      optOuts.map(({ tenantId, venueId, channel, address, messageId, provider, code }) => ({
        tenantId,
        venueId,
        channel,
        address,
        status: 'opted_out',
        source: 'provider',
        actor: 'provider',
        evidence: { messageId, provider, code },
      })),
    );
  }
}
