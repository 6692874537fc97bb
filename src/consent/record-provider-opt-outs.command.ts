/** Records opt-outs reported by a provider that refused messages because of them. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SenderDirectory, type Channel, type ProviderName } from '../tenants/index.js';
import { ConsentLog } from './consent-log.js';
import { NumberOptOutLog } from './number-opt-outs/number-opt-out-log.js';

export interface ProviderOptOut {
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  /** Ours, that the message came from. */
  readonly sender: string;
  /** Normalised. */
  readonly address: string;
  readonly messageId: string;
  readonly provider?: ProviderName;
  /** The provider's own code, such as Twilio's 21610. */
  readonly code?: string;
}

/**
 * Records an opt-out from the message's venue for each; where it came from a number of no venue, from that number, as a STOP to it
 * would. Each is recorded once, however often it is reported.
 */
export class RecordProviderOptOuts extends Command<void> {
  constructor(readonly optOuts: readonly ProviderOptOut[]) {
    super();
  }
}

@CommandHandler(RecordProviderOptOuts)
export class RecordProviderOptOutsHandler implements ICommandHandler<RecordProviderOptOuts> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly log: ConsentLog,
    private readonly numbers: NumberOptOutLog,
  ) {}

  async execute({ optOuts }: RecordProviderOptOuts): Promise<void> {
    const shared = await this.sharedOf(optOuts);
    const isShared = (optOut: ProviderOptOut): boolean => shared.has(keyOf(optOut));
    await this.log.recordReported(
      optOuts
        .filter((optOut) => !isShared(optOut))
        .map((optOut) => {
          const { tenantId, venueId, channel, address } = optOut;
          return { tenantId, venueId, channel, address, ...decisionOf(optOut) };
        }),
    );
    for (const optOut of optOuts.filter(isShared)) {
      const { channel, sender: number, address } = optOut;
      await this.numbers.recordReported({ channel, number, address, ...decisionOf(optOut) });
    }
  }

  /** The numbers among their senders that belong to no venue. */
  private async sharedOf(optOuts: readonly ProviderOptOut[]): Promise<Set<string>> {
    const numbers = optOuts.filter(({ channel }) => channel !== 'email');
    const senders = new Map(numbers.map((optOut) => [keyOf(optOut), optOut]));
    const shared = new Set<string>();
    for (const [key, { channel, sender }] of senders)
      if ((await this.directory.venuesOfNumber(channel, sender)).length === 0) shared.add(key);
    return shared;
  }
}

const keyOf = ({ channel, sender }: ProviderOptOut): string => `${channel} ${sender}`;

const decisionOf = ({ messageId, provider, code }: ProviderOptOut) =>
  ({
    status: 'opted_out',
    source: 'provider',
    actor: 'provider',
    evidence: { messageId, provider, code },
  }) as const;
