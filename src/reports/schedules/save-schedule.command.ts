/** Makes, changes and removes schedules of reports. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, InvalidRequest, type FieldError } from '../../kernel/index.js';
import { TargetChecks } from '../../notices/index.js';
import { ReportWishes } from '../read-report.query.js';
import { dimension } from '../report-dimensions.js';
import { REPORTS } from '../report.js';
import { ScheduleStore, type ScheduleRow, type ScheduleTerms } from './schedule-store.js';
import { LAST_ON } from './schedule.rules.js';
import {
  scheduleView,
  type CreateReportScheduleBody,
  type ReportScheduleView,
  type UpdateReportScheduleBody,
} from './schedules.dto.js';
import { ReportScheduleNotFound } from './schedules.errors.js';

export class CreateReportSchedule extends Command<ReportScheduleView> {
  constructor(
    readonly tenantId: string,
    readonly body: CreateReportScheduleBody,
  ) {
    super();
  }
}

export class UpdateReportSchedule extends Command<ReportScheduleView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly body: UpdateReportScheduleBody,
  ) {
    super();
  }
}

export class DeleteReportSchedule extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** What a schedule must be. */
@Injectable()
export class ScheduleChecks {
  constructor(
    private readonly wishes: ReportWishes,
    private readonly targets: TargetChecks,
  ) {}

  /** The terms, with addresses in normal form. Raises InvalidRequest, VenueNotFound and NoticeEmailMissing. */
  async checked(tenantId: string, terms: ScheduleTerms): Promise<ScheduleTerms> {
    const faults = faultsOf(terms);
    if (faults.length > 0) throw new InvalidRequest(faults);
    const { report: name, by, filter, emails } = terms;
    await this.wishes.understood({ name, tenantId, wish: { by, ...filter }, isOperator: false });
    return { ...terms, emails: this.targets.mailboxes(emails, 'to') };
  }
}

/** Each report has its own breakdowns, and the filters that go with them. */
function faultsOf({ report, by, filter, every, on }: ScheduleTerms): FieldError[] {
  const { dimensions } = REPORTS[report];
  const fields: readonly string[] = dimensions.map((name) => dimension(name).field);
  const fault = (path: string, message: string): FieldError => ({ path, message: `${path} ${message}` });
  return [
    ...by
      .filter((name) => !dimensions.includes(name))
      .map((name) => fault('by', `must not hold ${name}: ${report} has ${dimensions.join(', ')}`)),
    ...Object.keys(filter)
      .filter((name) => !fields.includes(name))
      .map((name) => fault(`filter.${name}`, `is no filter of ${report}`)),
    ...(on > LAST_ON[every] ? [fault('on', `must be at most ${LAST_ON[every]} where every is ${every}`)] : []),
  ];
}

@CommandHandler(CreateReportSchedule)
export class CreateReportScheduleHandler implements ICommandHandler<CreateReportSchedule> {
  constructor(
    private readonly database: Database,
    private readonly checks: ScheduleChecks,
    private readonly store: ScheduleStore,
  ) {}

  /** Raises what `ScheduleChecks` raises. */
  async execute({ tenantId, body }: CreateReportSchedule): Promise<ReportScheduleView> {
    const { to, by, filter = {}, ...rest } = body;
    const wanted = { ...rest, by: by ?? REPORTS[body.report].usual, filter: given(filter), emails: to };
    const terms = await this.checks.checked(tenantId, wanted);
    return this.database.transaction(async () => {
      const id = await this.store.insert(tenantId, terms);
      await this.store.reckon(id);
      return viewOf(await this.store.find(tenantId, id));
    });
  }
}

@CommandHandler(UpdateReportSchedule)
export class UpdateReportScheduleHandler implements ICommandHandler<UpdateReportSchedule> {
  constructor(
    private readonly database: Database,
    private readonly checks: ScheduleChecks,
    private readonly store: ScheduleStore,
  ) {}

  /** What is left out stays, but for the breakdown of another report. Raises ReportScheduleNotFound, and what `ScheduleChecks` raises. */
  execute({ tenantId, id, body }: UpdateReportSchedule): Promise<ReportScheduleView> {
    return this.database.transaction(async () => {
      const known = await this.store.find(tenantId, id);
      if (!known) throw new ReportScheduleNotFound();
      await this.store.update(id, await this.checks.checked(tenantId, changed(known, body)));
      await this.store.reckon(id);
      return viewOf(await this.store.find(tenantId, id));
    });
  }
}

@CommandHandler(DeleteReportSchedule)
export class DeleteReportScheduleHandler implements ICommandHandler<DeleteReportSchedule> {
  constructor(private readonly store: ScheduleStore) {}

  /** Raises ReportScheduleNotFound. */
  async execute({ tenantId, id }: DeleteReportSchedule): Promise<void> {
    if (!(await this.store.remove(tenantId, id))) throw new ReportScheduleNotFound();
  }
}

function changed(known: ScheduleRow, body: UpdateReportScheduleBody): ScheduleTerms {
  const { report = known.report, to = known.emails, filter, ...rest } = body;
  const isOther = report !== known.report;
  const by = body.by ?? (isOther ? REPORTS[report].usual : known.by);
  return {
    ...known,
    ...given(rest),
    report,
    by,
    filter: filter ? given(filter) : known.filter,
    emails: to,
  };
}

/** Without what a body leaves out, which is undefined there. */
const given = <Body extends object>(body: Body): { [Name in keyof Body]?: Exclude<Body[Name], undefined> } =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Body]?: Exclude<Body[Name], undefined>;
  };

function viewOf(row: ScheduleRow | undefined): ReportScheduleView {
  if (!row) throw new ReportScheduleNotFound();
  return scheduleView(row);
}
