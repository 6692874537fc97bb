/** What concerns no tenant alone, and is shown to the platform's operators. */
import { Injectable } from '@nestjs/common';
import { EventEntrances } from '../automations/index.js';
import { Lanes } from '../dispatch/index.js';
import { iso, Processes } from '../kernel/index.js';
import { Inbox } from '../webhooks/index.js';
import type { DeskView, InboxState, ProcessView, SlowLaneView } from './operations-views.dto.js';

/** A lane in which a message has waited for this long is slow. */
const SLOW_AFTER_S = 60;
const MOST_LANES = 100;

@Injectable()
export class PlatformState {
  constructor(
    private readonly lanes: Lanes,
    private readonly inbox: Inbox,
    private readonly entrances: EventEntrances,
    private readonly processes: Processes,
  ) {}

  async read(): Promise<Pick<DeskView, 'lanes' | 'inbox' | 'events' | 'processes'>> {
    return {
      lanes: await this.slowLanes(),
      inbox: await this.backlog(),
      events: await this.entrances.state(),
      processes: await this.running(),
    };
  }

  private async slowLanes(): Promise<SlowLaneView[]> {
    const lanes = await this.lanes.slow(SLOW_AFTER_S, MOST_LANES);
    return lanes.map((lane) => ({ ...lane, waitingSince: iso(lane.waitingSince) }));
  }

  private async backlog(): Promise<InboxState> {
    const { events, oldest } = await this.inbox.backlog();
    return { events, oldest: iso(oldest) };
  }

  private async running(): Promise<ProcessView[]> {
    const processes = await this.processes.list();
    return processes.map(({ startedAt, seenAt, isLost, ...process }) => ({
      ...process,
      startedAt: iso(startedAt),
      lastSeenAt: iso(seenAt),
      lost: isLost,
    }));
  }
}
