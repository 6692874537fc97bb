/** Reads how a tenant is guarded, its alarms, and the ranges that it allows. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { AllowedRanges, PumpingAlarms } from '../consent/index.js';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import { Guards } from './guards.js';
import { PUMPING_GUARD, type PumpingGuardSettings } from './pumping-guard-config.js';
import {
  alarmView,
  rangeView,
  type AllowedRangesView,
  type PumpingAlarmsQuery,
  type PumpingAlarmView,
  type PumpingGuardView,
} from './pumping-guard.dto.js';
import { WINDOW_MINUTES } from './range-volumes.js';

export class GetPumpingGuard extends Query<PumpingGuardView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

/** Without a tenant those of all. */
export class ListPumpingAlarms extends Query<Page<PumpingAlarmView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly query: PumpingAlarmsQuery,
  ) {
    super();
  }
}

export class ListAllowedRanges extends Query<AllowedRangesView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetPumpingGuard)
export class GetPumpingGuardHandler implements IQueryHandler<GetPumpingGuard> {
  constructor(
    @Inject(PUMPING_GUARD) private readonly settings: PumpingGuardSettings,
    private readonly guards: Guards,
  ) {}

  async execute({ tenantId }: GetPumpingGuard): Promise<PumpingGuardView> {
    const { mode, ownMode, byAdmin, targets } = await this.guards.of(tenantId);
    const notify = { ...targets, emails: [...targets.emails] };
    return { mode, ownMode, byAdmin, leastNumbers: this.settings.least, minutes: WINDOW_MINUTES, notify };
  }
}

@QueryHandler(ListPumpingAlarms)
export class ListPumpingAlarmsHandler implements IQueryHandler<ListPumpingAlarms> {
  constructor(private readonly alarms: PumpingAlarms) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, query: { limit, cursor, state } }: ListPumpingAlarms): Promise<Page<PumpingAlarmView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const isOpen = state === undefined ? undefined : state === 'open';
    const rows = await this.alarms.page({ tenantId, isOpen, before }, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), alarmView);
  }
}

@QueryHandler(ListAllowedRanges)
export class ListAllowedRangesHandler implements IQueryHandler<ListAllowedRanges> {
  constructor(private readonly ranges: AllowedRanges) {}

  async execute({ tenantId }: ListAllowedRanges): Promise<AllowedRangesView> {
    return { items: (await this.ranges.of(tenantId)).map(rangeView) };
  }
}
