/** Reads all that the next step of runs depends on, before the transaction in which it is made. */
import { Injectable, Logger } from '@nestjs/common';
import { instant, SparingLogger, stringAt, timeOf } from '../../kernel/index.js';
import { HostData, HostDataUnavailable, readFacts, viewOf, type HostFacts } from '../../host-data/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { Automations, type LoadedProgram } from '../rules/automations.js';
import type { Program } from '../rules/program.js';
import type { Position, Sight } from './engine.rules.js';
import { OFFER_UNTIL, ownView } from './fact-views.js';
import { RunDivision, type Division } from './run-division.js';
import { RunReports, type LastMessage } from './run-reports.js';
import type { RunRow } from './run-row.js';

export interface PreparedRun {
  readonly row: RunRow;
  readonly key: string;
  readonly program: Program;
  readonly position: Position;
  readonly facts: HostFacts;
  /** Of a run that is for many people. */
  readonly division: Division | undefined;
  readonly last: LastMessage | undefined;
  /** Without the time, which is that of the step. */
  readonly sight: Omit<Sight, 'now'>;
}

interface Preparing {
  readonly row: RunRow;
  readonly loaded: LoadedProgram;
  readonly facts: HostFacts | undefined;
  readonly now: Date;
}

@Injectable()
export class RunPreparation {
  private readonly log = new SparingLogger(new Logger(RunPreparation.name));

  constructor(
    private readonly automations: Automations,
    private readonly senders: SenderDirectory,
    private readonly division: RunDivision,
    private readonly host: HostData,
    private readonly reports: RunReports,
  ) {}

  /** Those of which everything could be read, and those whose host does not answer now. */
  async prepare(rows: readonly RunRow[], now: Date): Promise<{ ready: PreparedRun[]; unready: RunRow[] }> {
    const reports = await this.reports.of(rows.flatMap(({ message_id: id }) => (id === null ? [] : [id])));
    const ready: PreparedRun[] = [];
    const unready: RunRow[] = [];
    for (const [tenantId, group] of Map.groupBy(rows, ({ tenant_id: tenant }) => tenant)) {
      try {
        const facts = await readFacts(this.host, tenantId, group);
        const prepared = group.map(async (row, place) => {
          const loaded = await this.automations.programOf(row.automation_id, row.version);
          return this.prepared({ row, loaded, facts: facts[place], now }, reports);
        });
        ready.push(...(await Promise.all(prepared)));
      } catch (error) {
        if (!(error instanceof HostDataUnavailable)) throw error;
        this.log.warn(`Automations wait for the host's data: ${error.reason}`);
        unready.push(...group);
      }
    }
    return { ready, unready };
  }

  /** A run that is not stored, by a program of its own. Raises HostDataUnavailable and HostDataNotConfigured. */
  async prepareOne(row: RunRow, loaded: LoadedProgram, now: Date): Promise<PreparedRun> {
    const [facts] = await readFacts(this.host, row.tenant_id, [row]);
    return this.prepared({ row, loaded, facts, now }, new Map());
  }

  private async prepared(
    { row, loaded: { key, program }, facts, now }: Preparing,
    reports: ReadonlyMap<string, LastMessage>,
  ): Promise<PreparedRun> {
    if (!facts) throw new Error('each run has its facts');
    const tenant = await this.senders.tenant(row.tenant_id);
    const position = {
      place: row.place,
      waitingSince: row.waiting_since === null ? null : instant(row.waiting_since),
    };
    const { event, customer } = facts;
    const offer = timeOf(stringAt(row.data, OFFER_UNTIL));
    const last = row.message_id === null ? undefined : reports.get(row.message_id);
    const eventZone = event?.timezone ?? tenant.timezone;
    return {
      row,
      key,
      program,
      position,
      facts,
      division:
        facts.missing === undefined ? await this.division.of(row, program, facts.refs, position, now) : undefined,
      last,
      sight: {
        facts: { ...ownView(facts, row.data), ...viewOf(facts) },
        moments: {
          ...(event && { 'event.startsAt': event.startsAt }),
          ...(event?.endsAt && { 'event.endsAt': event.endsAt }),
          ...(offer && { 'offer.until': offer }),
        },
        eventZone,
        recipientZone: customer?.timezone ?? eventZone,
        report: last?.report ?? 'missed',
      },
    };
  }
}
