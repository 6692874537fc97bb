/** Suppresses an address by a decision of the tenant. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, iso, type Principal } from '../../kernel/index.js';
import { consentChannel } from '../../tenants/index.js';
import { ConsentSubjects } from '../consent-subject.js';
import type { AddSuppressionBody, SuppressionView } from './suppressions.dto.js';

export class AddSuppression extends Command<SuppressionView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: AddSuppressionBody,
  ) {
    super();
  }
}

/** The row that is there stays; an update that changes nothing answers with it. */
const ADD = `
  insert into suppression as held (tenant_id, channel, address, reason, evidence, actor)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (tenant_id, channel, address) do update set reason = held.reason
  returning new.channel, new.address, new.reason, new.evidence, new.actor, new.created_at as "createdAt",
    old.reason is null as added`;

@CommandHandler(AddSuppression)
export class AddSuppressionHandler implements ICommandHandler<AddSuppression> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly audit: Audit,
  ) {}

  /** Answers the suppression in force: the earlier one, if there is one. Raises InvalidAddress. */
  async execute({ caller, tenantId, body }: AddSuppression): Promise<SuppressionView> {
    const { reason, evidence } = body;
    const channel = consentChannel(body.channel);
    const address = await this.subjects.address(tenantId, channel, body.address);
    return this.database.transaction(async () => {
      const [row] = await this.database.query<SuppressionView & { added: boolean }>(ADD, [
        tenantId,
        channel,
        address,
        reason,
        evidence ? JSON.stringify(evidence) : null,
        actorOf(caller),
      ]);
      if (!row) throw new Error('The address must be on the list now');
      const { added, ...suppression } = row;
      if (added) await this.audit.record(caller, 'suppression.add', { channel, reason });
      return { ...suppression, createdAt: iso(suppression.createdAt) };
    });
  }
}
