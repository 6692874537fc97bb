/** Errors of scheduled reports. */
import { DomainError } from '../../kernel/index.js';

export class ReportScheduleNotFound extends DomainError {
  readonly code = 'report_schedule_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no schedule of a report with this id: see GET /api/report-schedules');
  }
}
