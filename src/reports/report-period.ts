/** The days that a report is about. */
import { Injectable } from '@nestjs/common';
import { Database, InvalidRequest } from '../kernel/index.js';
import { SenderDirectory, TimeZones } from '../tenants/index.js';
import type { Period } from './report-reader.js';

@Injectable()
export class ReportPeriods {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly timeZones: TimeZones,
  ) {}

  /**
   * The period, with the zone of its days: up to today, and from the first day of the month of its last, where they are not named. Raises
   * InvalidRequest for a day that is not in the calendar, and for an end before the beginning.
   */
  async of(tenantId: string, asked: Partial<Period>): Promise<Period & { readonly timezone: string }> {
    const { timezone } = await this.directory.tenant(tenantId);
    for (const path of ['since', 'until'] as const) {
      const day = asked[path];
      if (day !== undefined && !isDay(day))
        throw new InvalidRequest([{ path, message: `${path} must be a day of the calendar, such as 2026-11-29` }]);
    }
    const until = asked.until ?? (await this.today(timezone));
    const since = asked.since ?? `${until.slice(0, 8)}01`;
    if (since > until)
      throw new InvalidRequest([{ path: 'until', message: `until must not be before since, which is ${since}` }]);
    return { since, until, timezone };
  }

  /** As the database tells time: it also decides to which day an event belongs. */
  private async today(timezone: string): Promise<string> {
    const [now] = await this.database.query<{ day: string }>(`select (now() at time zone $1)::date::text as day`, [
      this.timeZones.inDatabase(timezone),
    ]);
    return now?.day ?? '';
  }
}

/** JavaScript rolls a day that is not in the calendar over to the next month: then it reads back differently. */
function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
