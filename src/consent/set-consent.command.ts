/** Records one person's decision, as reported by one of the tenant's services. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { ConsentSubjects } from './consent-subject.js';
import type { ConsentView, SetConsentBody } from './consent.dto.js';
import { Consent } from './consent.entity.js';
import { consentView, stateIn } from './consent.view.js';
import { NumberOptOuts } from './number-opt-outs/number-opt-outs.js';
import { ConsentLog } from './consent-log.js';

export class SetConsent extends Command<ConsentView> {
  constructor(
    readonly tenantId: string,
    readonly venueId: string,
    readonly address: string,
    readonly body: SetConsentBody,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(SetConsent)
export class SetConsentHandler implements ICommandHandler<SetConsent> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly numbers: NumberOptOuts,
    private readonly log: ConsentLog,
  ) {}

  /** Returns the resulting state: not the given one, if a newer decision exists. Raises VenueNotFound and InvalidAddress. */
  async execute({ tenantId, venueId, address, body, actor }: SetConsent): Promise<ConsentView> {
    const { channel, ...decision } = body;
    const subject = await this.subjects.find(tenantId, venueId, address, channel);
    return this.database.transaction(async (em) => {
      await this.log.record([{ ...subject, ...decision, actor }]);
      const numberOptOut = await this.numbers.facing(subject, channel ?? subject.channel);
      const milestones = await this.log.milestones(subject);
      const row = await em.findOne(Consent, subject);
      return consentView(subject, row && stateIn(row), milestones, numberOptOut);
    });
  }
}
