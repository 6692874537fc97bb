/** What the platform knows now of what runs are about: read in batches, before anything is sent. */
import { Injectable } from '@nestjs/common';
import {
  HostData,
  HostRecordUnreadable,
  type HostKind,
  type HostRecordOf,
  type HostRecords,
  type HostRef,
} from '../../host-data/index.js';
import type { StaleReason } from '../rules/definition.dto.js';
import type { RunRefs } from './run-row.js';

/** Present where the run is about one, and the platform knows it. */
export interface RunFacts {
  readonly order?: HostRecordOf['order'];
  readonly customer?: HostRecordOf['customer'];
  readonly event?: HostRecordOf['event'];
  readonly attendee?: HostRecordOf['attendee'];
  /** The run's own, with those that its order and attendee name. */
  readonly refs: RunRefs;
  /** Why nothing may be written at all: it is unknown, or cannot be read. */
  readonly missing: MissingReason | undefined;
}

export type MissingReason = `${HostKind}_unknown` | `${HostKind}_unreadable`;

const COLUMNS = {
  order: 'order_ref',
  attendee: 'attendee_ref',
  customer: 'customer_ref',
  event: 'event_ref',
} as const satisfies Record<HostKind, keyof RunRefs>;

@Injectable()
export class RunFactsReader {
  constructor(private readonly host: HostData) {}

  /** Of runs of one tenant, in order. Raises HostDataUnavailable and HostDataNotConfigured. */
  async read(tenantId: string, runs: readonly RunRefs[]): Promise<RunFacts[]> {
    const first = await this.records(
      tenantId,
      runs.flatMap((run) => refsOf(run, ['order', 'attendee'])),
    );
    const known = runs.map((run) => derived(run, first));
    const second = await this.records(
      tenantId,
      known.flatMap((run) => refsOf(run, ['customer', 'event'])),
    );
    return known.map((refs) => factsOf(refs, { order: first, attendee: first, customer: second, event: second }));
  }

  private async records(tenantId: string, refs: readonly HostRef[]): Promise<HostRecords | undefined> {
    return refs.length === 0 ? undefined : this.host.read(tenantId, refs);
  }
}

/** Why a run must not write any more, since it is not true; undefined if it may. */
export function stale({ order, event }: RunFacts, allow: readonly StaleReason[]): StaleReason | undefined {
  const reasons: (StaleReason | false)[] = [
    order?.status === 'cancelled' && 'order_cancelled',
    order?.status === 'refunded' && 'order_refunded',
    event?.status === 'cancelled' && 'event_cancelled',
  ];
  return reasons.find((reason) => reason !== false && !allow.includes(reason)) || undefined;
}

const refsOf = (run: RunRefs, kinds: readonly HostKind[]): HostRef[] =>
  kinds.flatMap((kind) => {
    const id = run[COLUMNS[kind]];
    return id === null ? [] : [{ kind, id }];
  });

/** An order and an attendee name their customer and event; what the event itself named counts first. */
function derived(run: RunRefs, records: HostRecords | undefined): RunRefs {
  const order = found('order', run.order_ref, records).record;
  const attendee = found('attendee', run.attendee_ref, records).record;
  return {
    order_ref: run.order_ref,
    attendee_ref: run.attendee_ref,
    customer_ref: run.customer_ref ?? attendee?.customerId ?? order?.customerId ?? null,
    event_ref: run.event_ref ?? attendee?.eventId ?? order?.eventId ?? null,
  };
}

function factsOf(refs: RunRefs, records: Readonly<Record<HostKind, HostRecords | undefined>>): RunFacts {
  const order = found('order', refs.order_ref, records.order);
  const attendee = found('attendee', refs.attendee_ref, records.attendee);
  const customer = found('customer', refs.customer_ref, records.customer);
  const event = found('event', refs.event_ref, records.event);
  return {
    order: order.record,
    attendee: attendee.record,
    customer: customer.record,
    event: event.record,
    refs,
    missing: [order, attendee, customer, event].find(({ missing }) => missing !== undefined)?.missing,
  };
}

interface Found<Kind extends HostKind> {
  readonly record?: HostRecordOf[Kind];
  readonly missing?: MissingReason;
}

function found<Kind extends HostKind>(kind: Kind, id: string | null, records: HostRecords | undefined): Found<Kind> {
  if (id === null || !records) return {};
  try {
    const record = records.get(kind, id);
    return record ? { record } : { missing: `${kind}_unknown` };
  } catch (error) {
    if (error instanceof HostRecordUnreadable) return { missing: `${kind}_unreadable` };
    throw error;
  }
}
