/** Writes the notice that a schedule is for. */
import { Injectable } from '@nestjs/common';
import { Notices } from '../../notices/index.js';
import { ReportLetters } from './report-letters.js';
import { ScheduleStore, type ScheduleRow } from './schedule-store.js';
import { daysOf } from './schedule.rules.js';

@Injectable()
export class ReportMail {
  constructor(
    private readonly store: ScheduleStore,
    private readonly letters: ReportLetters,
    private readonly notices: Notices,
  ) {}

  /** As it was last due. `subject` makes it one notice, however often this runs. Answers its id; undefined if it was written before. */
  async write(schedule: ScheduleRow, subject: string, at?: Date): Promise<string | undefined> {
    const { tenantName, lastDay } = await this.store.occurrence(schedule.id, at);
    return this.writeOf(schedule, tenantName, lastDay, subject);
  }

  /** As if it were due today. */
  async writeNow(schedule: ScheduleRow, subject: string): Promise<string | undefined> {
    const { tenantName, today } = await this.store.occurrence(schedule.id, undefined);
    return this.writeOf(schedule, tenantName, today, subject);
  }

  private async writeOf(
    schedule: ScheduleRow,
    tenantName: string,
    day: string,
    subject: string,
  ): Promise<string | undefined> {
    const { id, tenantId, report, period, emails, language } = schedule;
    const days = daysOf(period, day);
    const letter = await this.letters.letter(schedule, tenantName, days);
    return this.notices.write({
      kind: 'report.scheduled',
      subject: `${id} ${subject}`,
      tenantId,
      payload: { scheduleId: id, report, ...days },
      letters: { en: letter, [language]: letter },
      targets: { emails, url: null, language },
      toOperator: false,
    });
  }
}
