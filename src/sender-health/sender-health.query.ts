/** Reads senders' rates, and their pauses. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { SenderPauses } from '../consent/index.js';
import { decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page } from '../kernel/index.js';
import { SENDER_HEALTH, type SenderHealthSettings } from './sender-health-config.js';
import {
  pauseView,
  type SenderPausesQuery,
  type SenderHealthView,
  type SenderPauseView,
  type SendersHealthView,
} from './sender-health.dto.js';
import { ratesOf, type HealthRates } from './sender-health.rules.js';
import { SenderVolumes, type SenderCounts } from './sender-volumes.js';
import { SenderWatches } from './sender-watches.js';

export class GetSendersHealth extends Query<SendersHealthView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

/** Without a tenant those of all. */
export class ListSenderPauses extends Query<Page<SenderPauseView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly query: SenderPausesQuery,
  ) {
    super();
  }
}

@QueryHandler(GetSendersHealth)
export class GetSendersHealthHandler implements IQueryHandler<GetSendersHealth> {
  constructor(
    @Inject(SENDER_HEALTH) private readonly settings: SenderHealthSettings,
    private readonly volumes: SenderVolumes,
    private readonly watches: SenderWatches,
  ) {}

  async execute({ tenantId }: GetSendersHealth): Promise<SendersHealthView> {
    const { days, leastMessages, bounceRate, complaintRate, resumption } = this.settings;
    const senders = await this.volumes.ofTenant(tenantId, days);
    const { targets } = await this.watches.of(tenantId);
    return {
      items: senders.map((counts) => ({ ...shown(counts), ...ratesOf(counts, this.settings) })),
      days,
      leastMessages,
      bounceLimit: bounceRate,
      complaintLimit: complaintRate,
      resumption,
      notify: { ...targets, emails: [...targets.emails] },
    };
  }
}

@QueryHandler(ListSenderPauses)
export class ListSenderPausesHandler implements IQueryHandler<ListSenderPauses> {
  constructor(private readonly pauses: SenderPauses) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, query: { limit, cursor, state } }: ListSenderPauses): Promise<Page<SenderPauseView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const isOpen = state === undefined ? undefined : state === 'paused';
    const rows = await this.pauses.page({ tenantId, isOpen, before }, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), pauseView);
  }
}

type Shown = Omit<SenderHealthView, keyof HealthRates>;

const shown = ({ channel, address, since, sent, bounces, complaints, pauseId }: SenderCounts): Shown => ({
  channel,
  address,
  since: iso(since),
  sent,
  bounces,
  complaints,
  pauseId,
});
