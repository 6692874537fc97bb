/** Moves every run that is due: reads what is true now, and makes the steps that follow from it. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../../kernel/index.js';
import { RunClaims } from './run-claims.js';
import { RunPreparation } from './run-preparation.js';
import { RunSteps } from './run-steps.js';
import type { RunRow } from './run-row.js';
import { Runs } from './runs.js';

/** Runs in one transaction: what the claim and the round trips cost is shared by all. */
const BATCH = 2_000;
/** At once: while one is read or written, another is thought about. */
const HANDS = 4;

export class AdvanceRuns extends Command<number> {}

@CommandHandler(AdvanceRuns)
export class AdvanceRunsHandler implements ICommandHandler<AdvanceRuns> {
  private readonly logger = new Logger(AdvanceRunsHandler.name);

  constructor(
    private readonly database: Database,
    private readonly claims: RunClaims,
    private readonly runs: Runs,
    private readonly preparation: RunPreparation,
    private readonly steps: RunSteps,
  ) {}

  /**
   * Until none is due; answers how many were. Safe to run concurrently: a step and the messages that it makes are one transaction, and
   * written only if the run is as it was read.
   */
  async execute(): Promise<number> {
    if (!(await this.claims.isAnyDue())) return 0;
    const moved = await Promise.all(Array.from({ length: HANDS }, () => this.moveAll()));
    return moved.reduce((sum, count) => sum + count, 0);
  }

  private async moveAll(): Promise<number> {
    let moved = 0;
    for (;;) {
      const claimed = await this.claims.take(BATCH);
      if (claimed.rows.length === 0) return moved;
      await this.move(claimed.rows, claimed.now);
      await this.claims.giveBack(claimed);
      moved += claimed.rows.length;
    }
  }

  /** One that fails keeps no other from its step: halves are moved apart, until it stands alone. */
  private async move(rows: readonly RunRow[], now: Date): Promise<void> {
    try {
      await this.moveTogether(rows, now);
    } catch (error) {
      if (rows.length === 1) {
        this.logger.warn(`A run of an automation waits: ${errorLine(error)}`);
        await this.runs.putOff(rows, now);
      } else {
        const middle = Math.ceil(rows.length / 2);
        await this.move(rows.slice(0, middle), now);
        await this.move(rows.slice(middle), now);
      }
    }
  }

  private async moveTogether(rows: readonly RunRow[], now: Date): Promise<void> {
    const { ready, unready } = await this.preparation.prepare(rows, now);
    if (unready.length > 0) await this.runs.putOff(unready, now);
    await this.database.transaction(() => this.steps.make(ready, now));
  }
}
