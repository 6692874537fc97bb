/** Records what providers report of addresses, and suppresses those that must not be written to. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { DeadAddresses } from '../dead-addresses/dead-addresses.js';
import { AddressReports, type AddressReport } from './address-reports.js';
import { suppressedUntil } from './soft-bounces.rules.js';
import { Suppress, type SuppressionEntry } from './suppress.command.js';

/**
 * In the caller's transaction: the reports, and the suppressions that they lead to. A report counts once, however often it is told, so what
 * was lifted since stays so.
 */
export class RecordAddressReports extends Command<void> {
  constructor(readonly reports: readonly AddressReport[]) {
    super();
  }
}

@CommandHandler(RecordAddressReports)
export class RecordAddressReportsHandler implements ICommandHandler<RecordAddressReports> {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandBus,
    private readonly reports: AddressReports,
    private readonly dead: DeadAddresses,
  ) {}

  execute({ reports }: RecordAddressReports): Promise<void> {
    return this.database.transaction(async () => {
      const fresh = await this.reports.add(reports);
      const entries = [...fresh.flatMap(lasting), ...(await this.afterSoftBounces(fresh))];
      if (entries.length > 0) await this.commands.execute(new Suppress(entries));
      await this.dead.prove(fresh.filter(({ isDead }) => isDead));
    });
  }

  private async afterSoftBounces(fresh: readonly AddressReport[]): Promise<SuppressionEntry[]> {
    const soft = fresh.filter(({ kind }) => kind === 'soft_bounce');
    if (soft.length === 0) return [];
    const bounces = await this.reports.softBounces(soft);
    return bounces.flatMap(({ times, ...subject }) => {
      const expiresAt = suppressedUntil(times);
      const last = soft.findLast(
        ({ address, tenantId }) => address === subject.address && tenantId === subject.tenantId,
      );
      return expiresAt && last
        ? [
            {
              ...subject,
              reason: 'soft_bounce' as const,
              expiresAt,
              evidence: { ...proofOf(last), bounces: times.length },
            },
          ]
        : [];
    });
  }
}

function lasting(report: AddressReport): SuppressionEntry[] {
  const { kind, tenantId, venueId, channel, address } = report;
  if (kind === 'soft_bounce') return [];
  return [{ tenantId, venueId, channel, address, reason: kind, evidence: proofOf(report) }];
}

/** The event that proves it. */
const proofOf = ({ messageId, code, event, occurredAt }: AddressReport): SuppressionEntry['evidence'] => ({
  messageId,
  ...(code !== undefined && { code }),
  ...(event !== undefined && { event }),
  ...(occurredAt !== undefined && { occurredAt: occurredAt.toISOString() }),
});
