/** Lifts the suppression of an address. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import { ConsentSubjects } from '../consent-subject.js';
import { SuppressionNotFound } from '../consent.errors.js';

export class LiftSuppression extends Command<void> {
  constructor(
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
  ) {}

  /** Raises SuppressionNotFound and InvalidAddress. */
  async execute({ tenantId, channel, address }: LiftSuppression): Promise<void> {
    const lifted = await this.database.query(
      `delete from suppression where (tenant_id, channel, address) = ($1::uuid, $2::text, $3::text) returning channel`,
      [tenantId, consentChannel(channel), await this.subjects.address(tenantId, channel, address)],
    );
    if (lifted.length === 0) throw new SuppressionNotFound();
  }
}
