/** Lifts the suppression of an address. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import { ConsentSubjects } from '../consent-subject.js';
import { SuppressionNotFound } from '../consent.errors.js';
import { KeptDecisions } from '../erased/kept-decisions.js';
import { DeadAddresses } from '../dead-addresses/dead-addresses.js';
import { AddressReports, type AddressKey } from './address-reports.js';
import { Suppressions } from './suppressions.js';

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

/** What was reported of addresses, and still has an effect. */
@Injectable()
export class ReportedAddresses {
  constructor(
    private readonly reports: AddressReports,
    private readonly dead: DeadAddresses,
    private readonly kept: KeptDecisions,
  ) {}

  /** A tenant says that its address works, and may be written to. Answers whether it was refused since an erasure. */
  async forget(subject: AddressKey): Promise<boolean> {
    await this.reports.forgive(subject);
    return this.kept.lift(subject.tenantId, subject.channel, subject.address);
  }

  /** The same of the platform's list: at once, whatever becomes of the open transaction. */
  async revive({ channel, address }: AddressKey): Promise<void> {
    await this.dead.remove(channel, address);
  }
}

@CommandHandler(LiftSuppression)
export class LiftSuppressionHandler implements ICommandHandler<LiftSuppression> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly suppressions: Suppressions,
    private readonly lists: ReportedAddresses,
    private readonly audit: Audit,
  ) {}

  /** Soft bounces are counted anew from then on, and the platform's list has the address no more. Raises SuppressionNotFound and InvalidAddress. */
  async execute({ caller, tenantId, channel, address }: LiftSuppression): Promise<void> {
    const normalised = await this.subjects.address(tenantId, channel, address);
    await this.database.transaction(async () => {
      const lifted = await this.suppressions.remove(tenantId, channel, normalised);
      const subject = { tenantId, channel, address: normalised };
      const wasErased = await this.lists.forget(subject);
      if (!lifted && !wasErased) throw new SuppressionNotFound();
      await this.lists.revive(subject);
      await this.audit.record(caller, 'suppression.lift', {
        channel: consentChannel(channel),
        reason: lifted?.reason ?? 'erased',
      });
    });
  }
}
