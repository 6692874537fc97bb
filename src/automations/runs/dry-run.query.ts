/** What an automation would do after a sample event: by the same rules and the present data, without sending anything. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import { SenderDirectory } from '../../tenants/index.js';
import { idIn, subjectsOf, unaliased, type Subjects } from '../events/inbound-event.js';
import { Automations } from '../rules/automations.js';
import { compileDefinition, type Program } from '../rules/program.js';
import { nextMove, type Move, type Position } from './engine.rules.js';
import { chainOf, NO_ADDRESS, orderOf, RunMessages, type Candidate, type Refusal } from './run-messages.js';
import { obstacleTo, RunPreparation, type PreparedRun } from './run-preparation.js';
import type { RunRow } from './run-row.js';
import type { DryRunBody, DryRunStep, DryRunView } from './runs.dto.js';

export class DryRunAutomation extends Query<DryRunView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly body: DryRunBody,
  ) {
    super();
  }
}

@QueryHandler(DryRunAutomation)
export class DryRunAutomationHandler implements IQueryHandler<DryRunAutomation> {
  constructor(
    private readonly automations: Automations,
    private readonly senders: SenderDirectory,
    private readonly preparation: RunPreparation,
    private readonly messages: RunMessages,
  ) {}

  /** Raises AutomationNotFound, InvalidAutomation, InvalidRequest, VenueNotFound, and HostDataUnavailable. */
  async execute({ tenantId, id, body }: DryRunAutomation): Promise<DryRunView> {
    const automation = await this.automations.find(tenantId, id);
    const program = compileDefinition(body.definition ?? automation.definition);
    const event = unaliased({ type: body.event.type, data: body.event.data ?? {} });
    const subjects = subjectsOf(event.data);
    const venueId = await this.senders.venueOf(tenantId, idIn(event.data, 'venueId'));
    const starts = program.trigger === event.type && (automation.venue_id ?? venueId) === venueId;
    const from = body.at ?? new Date();
    const run = await this.preparation.prepareOne(
      sample({ tenantId, automationId: automation.id, venueId, data: event.data, subjects, to: program.to }),
      { key: automation.key, program },
      from,
    );
    return { starts, ...(await this.play(run, from)) };
  }

  private async play(run: PreparedRun, from: Date): Promise<Pick<DryRunView, 'ends' | 'reason' | 'steps'>> {
    const steps: DryRunStep[] = [];
    const reason = obstacleTo(run);
    if (reason !== undefined) return { ends: 'stopped', reason, steps };
    let [position, now]: [Position, Date] = [run.position, from];
    for (;;) {
      const move = nextMove(run.program, position, {
        ...run.sight,
        report: steps.some(isSent) ? 'delivered' : 'missed',
        now,
      });
      if (move.kind === 'end') return { ends: move.status, reason: move.reason, steps };
      steps.push(await this.stepOf(move, run, now));
      if (move.kind === 'wait') [position, now] = [move.position, move.until];
      else position = move.next;
    }
  }

  private async stepOf(move: Exclude<Move, { kind: 'end' }>, run: PreparedRun, now: Date): Promise<DryRunStep> {
    const at = now.toISOString();
    if (move.kind === 'skip') return { at, path: move.path, what: 'skipped', reason: move.reason };
    if (move.kind === 'wait') {
      const path = run.program.instructions[move.position.place]?.path ?? '';
      return { at, path, what: 'waits', until: move.until.toISOString() };
    }
    const [candidates = []] = await this.messages.candidates([orderOf(run, move)]);
    return { at, path: move.instruction.path, ...sentStep(candidates) };
  }
}

const isSent = ({ what }: DryRunStep): boolean => what === 'sent';

function sentStep(candidates: readonly Candidate[] | Refusal): Omit<DryRunStep, 'at' | 'path'> {
  if ('refusal' in candidates) return { what: 'refused', reason: candidates.refusal };
  const [first, ...rest] = chainOf(candidates);
  if (!first) return { what: 'refused', reason: NO_ADDRESS.refusal };
  const fallback = rest.map((candidate) => candidate.channel);
  return {
    what: 'sent',
    channel: first.channel,
    templateKey: first.template.key,
    ...(fallback.length > 0 && { fallback }),
  };
}

/** A run as an event would begin it; one for everybody who attends is shown for the attendee that the event names. */
function sample({
  tenantId,
  automationId,
  venueId,
  data,
  subjects,
  to,
}: {
  readonly tenantId: string;
  readonly automationId: string;
  readonly venueId: string;
  readonly data: RunRow['data'];
  readonly subjects: Subjects;
  readonly to: Program['to'];
}): RunRow {
  return {
    id: uuidv7(),
    tenant_id: tenantId,
    automation_id: automationId,
    version: 0,
    venue_id: venueId,
    trigger_id: uuidv7(),
    row_version: '0',
    began_seq: '0',
    looked_seq: null,
    said_seq: '0',
    data,
    person: to === 'customer' ? '' : (subjects.attendeeId ?? ''),
    order_ref: subjects.orderId,
    customer_ref: subjects.customerId,
    event_ref: subjects.eventId,
    attendee_ref: subjects.attendeeId,
    correlation_id: null,
    trace: null,
    stop_on: [],
    place: 0,
    waiting_since: null,
    reach: null,
    passed: [],
    message_id: null,
    spread_after: null,
    ends_as: null,
    reason: null,
  };
}
