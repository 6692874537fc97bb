/** Receives the messages of the bus as long as the process works: one link after another, with pauses that grow. */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { waitFor } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { pause } from '../events/event-deliveries.js';
import { BusIntake, IN_WORK } from './bus-intake.js';
import { BusLink } from './bus-link.js';
import { BusReports } from './bus-reports.js';
import { wordsOf } from './bus-words.js';
import { SERVICE_BUS, type ServiceBusSettings } from './service-bus-config.js';

const LONGEST_PAUSE_MS = 30_000;
/** A link that has held for so long was a good one. */
const STABLE_MS = 30_000;

@Injectable()
export class ServiceBusReceiver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    @Inject(SERVICE_BUS) private readonly settings: ServiceBusSettings,
    private readonly intake: BusIntake,
    private readonly senders: SenderDirectory,
    private readonly reports: BusReports,
  ) {}

  /** The bus may come later: the start waits for nothing. */
  onApplicationBootstrap(): void {
    this.running = this.run(this.stopping.signal);
  }

  /** Gives back what waits, finishes what is in work, and disconnects, while the database is still available. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await waitFor('service bus', async () => this.running);
  }

  private async run(stopping: AbortSignal): Promise<void> {
    const { connectMs } = this.settings.pace;
    for (let pauseMs = connectMs; !stopping.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const begun = performance.now();
      await this.oneLink(stopping);
      if (performance.now() - begun > STABLE_MS) pauseMs = connectMs;
      await pause(pauseMs, stopping);
    }
  }

  /** Resolves when the link is closed, or could not be opened. */
  private async oneLink(stopping: AbortSignal): Promise<void> {
    try {
      if (this.settings.tenantId !== undefined) await this.senders.tenant(this.settings.tenantId);
      const link = await BusLink.open(this.settings, { most: IN_WORK, handle: this.intake.handle, stopping });
      await this.reports.up();
      const ended = AbortSignal.any([link.lost, stopping]);
      if (!ended.aborted) await once(ended, 'abort');
      if (link.lost.aborted) await this.reports.down(wordsOf(link.lost.reason));
      await link.close();
    } catch (error) {
      await this.reports.down(wordsOf(error));
    }
  }
}
