/** Moves every run that is due: reads what is true now, and makes the steps that follow from it. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../../kernel/index.js';
import { RunClock } from './run-clock.js';
import { RunPreparation } from './run-preparation.js';
import { RunSteps } from './run-steps.js';
import { Runs, type TakenRuns } from './runs.js';

/** Runs in one transaction. */
const BATCH = 500;

export class AdvanceRuns extends Command<number> {}

@CommandHandler(AdvanceRuns)
export class AdvanceRunsHandler implements ICommandHandler<AdvanceRuns> {
  private readonly logger = new Logger(AdvanceRunsHandler.name);

  constructor(
    private readonly database: Database,
    private readonly runs: Runs,
    private readonly preparation: RunPreparation,
    private readonly steps: RunSteps,
    private readonly clock: RunClock,
  ) {}

  /**
   * Until none is due; answers how many were. Safe to run concurrently: runs are taken under a lease, and a step and the messages
   * that it makes are one transaction.
   */
  async execute(): Promise<number> {
    let moved = 0;
    for (;;) {
      const now = await this.clock.now();
      const taken = await this.runs.take(now, BATCH);
      if (taken.rows.length === 0) return moved;
      await this.move(taken, now);
      moved += taken.rows.length;
    }
  }

  /** One that fails keeps no other from its step: then each is moved on its own. */
  private async move(taken: TakenRuns, now: Date): Promise<void> {
    try {
      await this.moveTogether(taken, now);
    } catch (error) {
      if (taken.rows.length === 1) {
        this.logger.warn(`A run of an automation waits: ${errorLine(error)}`);
        await this.runs.putOff(taken, now);
      } else {
        for (const row of taken.rows) await this.move({ lease: taken.lease, rows: [row] }, now);
      }
    }
  }

  private async moveTogether(taken: TakenRuns, now: Date): Promise<void> {
    const { ready, unready } = await this.preparation.prepare(taken.rows, now);
    if (unready.length > 0) await this.runs.putOff({ lease: taken.lease, rows: unready }, now);
    await this.database.transaction(() =>
      this.steps.make(ready, { now, lease: taken.lease, hold: () => this.runs.lock(taken) }),
    );
  }
}
