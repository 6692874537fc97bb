/** Writes all reports that are due, each in a transaction with its next time. */
import { Injectable, Logger } from '@nestjs/common';
import { Database, errorLine, isUnavailable, iso } from '../../kernel/index.js';
import { ReportMail } from './report-mail.js';
import { ScheduleStore } from './schedule-store.js';

@Injectable()
export class DueReports {
  private readonly logger = new Logger(DueReports.name);

  constructor(
    private readonly database: Database,
    private readonly store: ScheduleStore,
    private readonly mail: ReportMail,
  ) {}

  /**
   * Each once, however many processes. After an outage one of a schedule, about the last time that it was due. One that fails keeps no other,
   * and is tried again in the next run. `at` is now, by the database's clock, where absent.
   */
  async send(at?: Date): Promise<void> {
    await this.store.followZones(at);
    const failed: string[] = [];
    while (await this.sendOne(failed, at));
  }

  /** False if none is due. */
  private async sendOne(failed: string[], at: Date | undefined): Promise<boolean> {
    let id: string | undefined;
    try {
      await this.database.transaction(async () => {
        const schedule = await this.store.takeDue(failed, at);
        id = schedule?.id;
        if (!schedule || schedule.dueAt === null) return;
        await this.mail.write(schedule, iso(schedule.dueAt), at);
        await this.store.noteSent(schedule.id);
        await this.store.reckon(schedule.id, at);
      });
    } catch (error) {
      if (id === undefined || isUnavailable(error)) throw error;
      this.logger.error(`The report schedule ${id} waits: ${errorLine(error)}`);
      failed.push(id);
    }
    return id !== undefined;
  }
}
