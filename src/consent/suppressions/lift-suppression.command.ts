/** Lifts the suppression of an address. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import { ConsentSubjects } from '../consent-subject.js';
import { SuppressionNotFound } from '../consent.errors.js';

export class LiftSuppression extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly channel: Channel,
    readonly address: string,
  ) {
    super();
  }
}

@CommandHandler(LiftSuppression)
export class LiftSuppressionHandler implements ICommandHandler<LiftSuppression> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly audit: Audit,
  ) {}

  /** Raises SuppressionNotFound and InvalidAddress. */
  async execute({ caller, tenantId, channel, address }: LiftSuppression): Promise<void> {
    const normalised = await this.subjects.address(tenantId, channel, address);
    await this.database.transaction(async () => {
      const [lifted] = await this.database.query<{ channel: string; reason: string }>(
        `delete from suppression where (tenant_id, channel, address) = ($1::uuid, $2::text, $3::text)
         returning channel, reason`,
        [tenantId, consentChannel(channel), normalised],
      );
      if (!lifted) throw new SuppressionNotFound();
      await this.audit.record(caller, 'suppression.lift', lifted);
    });
  }
}
