/** Tells whether a venue may contact an address, now or at an earlier instant. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { ConsentLog } from './consent-log.js';
import { ConsentEvent } from './consent-event.entity.js';
import { ConsentSubjects, type ConsentSubject } from './consent-subject.js';
import type { ConsentQuery, ConsentView } from './consent.dto.js';
import { Consent, type OptOutCategory } from './consent.entity.js';
import { consentView, stateIn, type ConsentState } from './consent.view.js';
import { NumberOptOuts } from './number-opt-outs/number-opt-outs.js';

export class GetConsent extends Query<ConsentView> {
  constructor(
    readonly tenantId: string,
    readonly venueId: string,
    readonly address: string,
    readonly query: ConsentQuery,
  ) {
    super();
  }
}

@QueryHandler(GetConsent)
export class GetConsentHandler implements IQueryHandler<GetConsent> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
    private readonly numbers: NumberOptOuts,
    private readonly log: ConsentLog,
  ) {}

  /** Raises VenueNotFound and InvalidAddress. */
  async execute({ tenantId, venueId, address, query: { channel, at } }: GetConsent): Promise<ConsentView> {
    const subject = await this.subjects.find(tenantId, venueId, address, channel);
    const state = at ? await this.stateAt(subject, at) : await this.stateNow(subject);
    const milestones = await this.log.milestones(subject, at);
    return consentView(subject, state, milestones, await this.numbers.facing(subject, channel ?? subject.channel, at));
  }

  private async stateNow(subject: ConsentSubject): Promise<ConsentState | null> {
    const row = await this.database.em().findOne(Consent, subject);
    return row && stateIn(row);
  }

  /** By the same rule as the current state: the newest decision, and at the same instant an opt-out. */
  private async stateAt(subject: ConsentSubject, at: Date): Promise<ConsentState | null> {
    const newest = (category: OptOutCategory | null): Promise<ConsentEvent | null> =>
      this.database
        .em()
        .findOne(
          ConsentEvent,
          { ...subject, category, occurredAt: { $lte: at } },
          { orderBy: { occurredAt: 'desc', status: 'desc', id: 'desc' } },
        );
    const [event, leaving] = [await newest(null), await newest('marketing')];
    const latest = [event, leaving]
      .filter((one) => one !== null)
      .sort((one, other) => +other.recordedAt - +one.recordedAt)[0];
    if (!latest) return null;
    const { source, occurredAt } = event ?? latest;
    return stateIn({
      status: event?.status ?? 'unknown',
      source,
      occurredAt,
      updatedAt: latest.recordedAt,
      marketingOutAt: leaving?.occurredAt ?? null,
      marketingOutSource: leaving?.source ?? null,
    });
  }
}
