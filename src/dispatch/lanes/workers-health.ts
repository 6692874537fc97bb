/** Reports workers that died, or that are missing, to operators: as a reason for `degraded` at /health/ready. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks, Processes, ShortCache, type WorkerCount } from '../../kernel/index.js';
import { Lanes } from './lanes.js';

/** However many ask. */
const READ_EVERY_MS = 5_000;
/** A worker takes a message within a second or two, where its lane may send. */
const WAITED_S = 20;

@Injectable()
export class WorkersHealth implements OnModuleInit {
  private readonly counts = new ShortCache<readonly WorkerCount[]>(READ_EVERY_MS, 1);
  private readonly waiting = new ShortCache<boolean>(READ_EVERY_MS, 1);

  constructor(
    private readonly processes: Processes,
    private readonly lanes: Lanes,
    private readonly health: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.health.add('workers', false, () => this.expectWell());
  }

  private async expectWell(): Promise<void> {
    const counts = await this.counts.get('all', () => this.processes.workers());
    const sum = (of: 'living' | 'lost'): number => counts.reduce((total, count) => total + count[of], 0);
    if (sum('living') === 0 && (await this.messagesWait())) throw new Error('messages wait, and no worker runs');
    if (sum('lost') > 0) throw new Error(`workers that ended without a stop in the last ten minutes: ${sum('lost')}`);
  }

  private messagesWait(): Promise<boolean> {
    return this.waiting.get('all', async () => (await this.lanes.slow(WAITED_S, 1)).length > 0);
  }
}
