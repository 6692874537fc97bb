/** Says whether this process is connected to the bus: in the log, to its readiness, and to all others through the database. */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { errorLine, HealthChecks, SparingLogger, type CheckDetails } from '../../kernel/index.js';
import { DeadLetters } from '../events/dead-letters.js';
import { BEAT_EVERY_MS, BusStatus } from './bus-status.js';

@Injectable()
export class BusReports implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new SparingLogger(new Logger('ServiceBus'));
  /** Why there is no link; undefined while there is one. */
  private missing: string | undefined = 'not connected yet';
  private beating: NodeJS.Timeout | undefined;

  constructor(
    private readonly status: BusStatus,
    private readonly health: HealthChecks,
    private readonly deadLetters: DeadLetters,
  ) {}

  onModuleInit(): void {
    this.health.add('service_bus', false, () => this.check());
    this.beating = setInterval(() => void this.beat(), BEAT_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.beating);
  }

  up(): Promise<void> {
    this.logger.say('log', 'Connected to the message bus');
    return this.change(undefined);
  }

  /** `why` holds neither secrets nor addresses. */
  down(why: string): Promise<void> {
    this.logger.warn(`No connection to the message bus: ${why}`);
    return this.change(why);
  }

  private async change(missing: string | undefined): Promise<void> {
    this.missing = missing;
    await this.beat();
  }

  private async check(): Promise<CheckDetails> {
    if (this.missing !== undefined) throw new Error(this.missing);
    return { deadLettered: await this.deadLetters.lately('service_bus') };
  }

  private async beat(): Promise<void> {
    try {
      await this.status.beat(this.missing === undefined);
    } catch (error) {
      this.logger.warn(`The state of the message bus was not recorded: ${errorLine(error)}`);
    }
  }
}
