/** Reads all that the next step of runs depends on, before the transaction in which it is made. */
import { Injectable, Logger } from '@nestjs/common';
import { instant, SparingLogger, stringAt, timeOf } from '../../kernel/index.js';
import {
  HostData,
  HostDataUnavailable,
  readFacts,
  stale,
  viewOf,
  type HostFacts,
  type HostKind,
  type HostRefs,
  type StaleReason,
} from '../../host-data/index.js';
import type { Engagement } from '../../ledger/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { subjectsOf } from '../events/inbound-event.js';
import { Automations, type LoadedProgram } from '../rules/automations.js';
import type { Program } from '../rules/program.js';
import type { Position, Sight } from './engine.rules.js';
import { OFFER_UNTIL, ownView } from './fact-views.js';
import { RunDivision, type Division } from './run-division.js';
import { asksForEngagement, RunReports, type LastMessage, type OfferRun } from './run-reports.js';
import type { RunRow } from './run-row.js';
import { offTheList } from './waitlist.rules.js';

export interface PreparedRun {
  readonly row: RunRow;
  readonly key: string;
  readonly program: Program;
  readonly position: Position;
  /** What it was begun about: whom that leads to is asked anew each time. */
  readonly named: HostRefs;
  readonly facts: HostFacts;
  /** Of a run that is for many people. */
  readonly division: Division | undefined;
  readonly last: LastMessage | undefined;
  /** Of a run that offers a place to somebody on a waiting list. */
  readonly offer: HeldOffer | undefined;
  /** Without the time, which is that of the step. */
  readonly sight: Omit<Sight, 'now'>;
}

/** An offer, and until when its holder has it. */
export interface HeldOffer extends OfferRun {
  readonly until: Date;
}

type Obstacle = NonNullable<HostFacts['missing']> | StaleReason | 'attendee_status_changed';

/** Why a run must not begin, or go on; undefined if it may. */
export const obstacleTo = ({ facts, program }: Pick<PreparedRun, 'facts' | 'program'>): Obstacle | undefined =>
  facts.missing ?? stale(facts, program.allow) ?? (program.to === 'waitlist' ? offTheList(facts.attendee) : undefined);

export const isUnreadable = <Reason extends string>(
  reason: Reason,
): reason is Extract<Reason, `${HostKind}_unreadable`> => reason.endsWith('_unreadable');

interface Preparing {
  readonly row: RunRow | undefined;
  readonly named: HostRefs | undefined;
  readonly loaded: LoadedProgram;
  readonly facts: HostFacts | undefined;
  readonly now: Date;
}

/** What became of what the runs have sent. */
interface Sent {
  readonly reports: ReadonlyMap<string, LastMessage>;
  readonly engagement: ReadonlyMap<string, ReadonlySet<Engagement>>;
  readonly offers: ReadonlyMap<string, OfferRun>;
}

const NOTHING: Sent = { reports: new Map(), engagement: new Map(), offers: new Map() };
const NO_ENGAGEMENT: ReadonlySet<Engagement> = new Set();

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
        const loaded = await Promise.all(
          group.map((row) => this.automations.programOf(row.automation_id, row.version)),
        );
        const named = group.map((row, place) => namedBy(row, loaded[place]?.program.to));
        const facts = await readFacts(this.host, tenantId, named);
        const offers = await this.reports.ofOffers(
          group.filter((row, place) => isOffer(row, loaded[place])).map(({ id }) => id),
        );
        const engagement = await this.reports.engagementOf(
          group.filter((_, place) => loaded[place] && asksForEngagement(loaded[place].program)),
        );
        const sent = { reports, engagement, offers };
        const prepared = loaded.map(async (one, place) =>
          this.prepared({ row: group[place], loaded: one, named: named[place], facts: facts[place], now }, sent),
        );
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
    const named = namedBy(row, loaded.program.to);
    const [facts] = await readFacts(this.host, row.tenant_id, [named]);
    return this.prepared({ row, loaded, named, facts, now }, NOTHING);
  }

  private async prepared(
    { row, loaded: { key, program }, named, facts, now }: Preparing,
    sent: Sent,
  ): Promise<PreparedRun> {
    if (!row || !named || !facts) throw new Error('each run has its facts');
    const tenant = await this.senders.tenant(row.tenant_id);
    const position = {
      place: row.place,
      waitingSince: row.waiting_since === null ? null : instant(row.waiting_since),
      reach: row.reach,
      passed: row.passed,
    };
    const { event, customer } = facts;
    const until = timeOf(stringAt(row.data, OFFER_UNTIL));
    const offer = sent.offers.get(row.id);
    const { last, engagement } = becameOf(row, sent);
    const eventZone = event?.timezone ?? tenant.timezone;
    return {
      row,
      key,
      program,
      position,
      named,
      facts,
      division:
        facts.missing === undefined ? await this.division.of(row, program, facts.refs, position, now) : undefined,
      last,
      offer: offer && until && { ...offer, until },
      sight: {
        facts: { ...ownView(facts, row.data), ...viewOf(facts) },
        moments: {
          ...(event && { 'event.startsAt': event.startsAt }),
          ...(event?.endsAt && { 'event.endsAt': event.endsAt }),
          ...(until && { 'offer.until': until }),
        },
        eventZone,
        recipientZone: customer?.timezone ?? eventZone,
        report: last?.report ?? 'missed',
        engagement,
      },
    };
  }
}

function becameOf(
  { message_id: id }: RunRow,
  { reports, engagement }: Sent,
): { readonly last: LastMessage | undefined } & Pick<Sight, 'engagement'> {
  if (id === null) return { last: undefined, engagement: NO_ENGAGEMENT };
  return { last: reports.get(id), engagement: engagement.get(id) ?? NO_ENGAGEMENT };
}

const isOffer = ({ person }: RunRow, loaded: LoadedProgram | undefined): boolean =>
  person !== '' && loaded?.program.to === 'waitlist';

/** An order may be rebooked to another event, and a ticket given to somebody else: only what the event itself named is kept. */
function namedBy({ person, attendee_ref, data }: RunRow, to: Program['to'] | undefined): HostRefs {
  if (person !== '') return { order_ref: null, customer_ref: null, event_ref: null, attendee_ref };
  const { orderId, customerId, eventId, attendeeId } = subjectsOf(data);
  const isForOne = to === 'customer';
  return {
    order_ref: orderId,
    customer_ref: isForOne ? customerId : null,
    event_ref: eventId,
    attendee_ref: isForOne ? attendeeId : null,
  };
}
