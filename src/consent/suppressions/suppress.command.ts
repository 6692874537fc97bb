/** Marks addresses that must not be written to. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import type { SuppressionReason } from '../consent.rules.js';
import { ConsentLog } from '../consent-log.js';

export interface SuppressionEntry {
  readonly tenantId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  readonly reason: SuppressionReason;
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
    private readonly log: ConsentLog,
  ) {}

  execute({ entries }: Suppress): Promise<void> {
    return this.database.transaction(async () => {
      await this.insert(entries);
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

  private async insert(entries: readonly SuppressionEntry[]): Promise<void> {
    const column = (value: (entry: SuppressionEntry) => unknown): unknown[] => entries.map(value);
    await this.database.query(
      `insert into suppression (tenant_id, channel, address, reason, evidence)
       select tenant_id, channel, address, reason, evidence
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
         with ordinality as entry (tenant_id, channel, address, reason, evidence, position)
       order by tenant_id, channel, address, position
       on conflict do nothing`,
      [
        column(({ tenantId }) => tenantId),
        column(({ channel }) => consentChannel(channel)),
        column(({ address }) => address),
        column(({ reason }) => reason),
        column(({ evidence }) => (evidence ? JSON.stringify(evidence) : null)),
      ],
    );
  }
}
