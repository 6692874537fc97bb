/** Suppresses an address by a decision of the tenant. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, type Principal } from '../../kernel/index.js';
import { consentChannel } from '../../tenants/index.js';
import { ConsentSubjects } from '../consent-subject.js';
import { suppressionView } from './list-suppressions.query.js';
import { Suppressions } from './suppressions.js';
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

@CommandHandler(AddSuppression)
export class AddSuppressionHandler implements ICommandHandler<AddSuppression> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly suppressions: Suppressions,
    private readonly audit: Audit,
  ) {}

  /** Answers the suppression in force: the earlier one, if there is one. Raises InvalidAddress. */
  async execute({ caller, tenantId, body }: AddSuppression): Promise<SuppressionView> {
    const { reason, evidence } = body;
    const channel = consentChannel(body.channel);
    const address = await this.subjects.address(tenantId, channel, body.address);
    return this.database.transaction(async () => {
      const added = await this.suppressions.add([
        { tenantId, channel, address, reason, actor: actorOf(caller), ...(evidence && { evidence }) },
      ]);
      const [row] = await this.suppressions.after({ tenantId, channel, address }, undefined, 1);
      if (!row) throw new Error('The address must be on the list now');
      if (added > 0) await this.audit.record(caller, 'suppression.add', { channel, reason });
      return suppressionView(row);
    });
  }
}
