/** Suppresses addresses that a provider reports. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { ConsentLog } from '../consent-log.js';
import { Suppressions, type Suppression } from './suppressions.js';

export interface SuppressionEntry extends Omit<Suppression, 'actor' | 'evidence'> {
  /** What the provider said, and about which message. */
  readonly evidence?: Readonly<Record<string, unknown>> & { readonly messageId?: string };
  /** The message's venue, if known. */
  readonly venueId?: string;
}

/**
 * Suppresses each address for its tenant; one already suppressed keeps its first reason. A complaint is also an opt-out from
 * the venue, if known, so that lifting the suppression does not undo the person's decision; once for each message.
 */
export class Suppress extends Command<void> {
  constructor(readonly entries: readonly SuppressionEntry[]) {
    super();
  }
}

@CommandHandler(Suppress)
export class SuppressHandler implements ICommandHandler<Suppress> {
  constructor(
    private readonly database: Database,
    private readonly suppressions: Suppressions,
    private readonly log: ConsentLog,
  ) {}

  execute({ entries }: Suppress): Promise<void> {
    return this.database.transaction(async () => {
      await this.suppressions.add(entries.map((entry) => ({ ...entry, actor: 'provider' })));
      const optOuts = entries.flatMap(({ tenantId, venueId, channel, address, reason, evidence }) =>
        reason === 'complaint' && venueId
          ? [
              {
                tenantId,
                venueId,
                channel,
                address,
                evidence,
                status: 'opted_out',
                source: 'complaint',
                actor: 'recipient',
              } as const,
            ]
          : [],
      );
      if (optOuts.length > 0) await this.log.recordReported(optOuts);
    });
  }
}
