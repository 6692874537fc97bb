/** Reads the host's data through one adapter: each id once, in chunks, and each row checked. */
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { HealthChecks } from '../kernel/index.js';
import { HostDataNotConfigured, HostDataUnavailable, HostRecordUnreadable } from './host-data.errors.js';
import {
  HostData,
  HostRecords,
  type AttendeePage,
  type FoundOf,
  type HostAttendee,
  type HostKind,
  type HostRef,
} from './host-data.port.js';
import { isHostId } from './host-fields.js';
import { idOf, recordOf, recordsOf } from './host-rows.js';
import { MOST_IDS, ofEachKind, type HostIds, type HostRows, type HostSource } from './host-source.js';

/** How long readiness trusts the host's last answer: probes are frequent. */
const PING_EVERY_MS = 30_000;

export class HostReader extends HostData implements OnApplicationBootstrap, OnApplicationShutdown {
  private lastPing: { readonly result: Promise<void>; readonly until: number } | undefined;

  /** Without a source nothing can be read. With `health`, readiness asks the host too. */
  constructor(
    private readonly source: HostSource | undefined,
    private readonly health?: Pick<HealthChecks, 'add'>,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    const { source } = this;
    if (source) this.health?.add('host', false, () => this.ping(source));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source?.close();
  }

  override async read(tenantId: string, refs: readonly HostRef[]): Promise<HostRecords> {
    const source = this.required();
    const ids = ofEachKind((kind) => [...new Set(refs.filter((ref) => ref.kind === kind).map(({ id }) => id))]);
    const answers: { readonly ids: HostIds; readonly rows: HostRows }[] = [];
    for (const chunk of chunksOf(ids)) answers.push({ ids: chunk, rows: await source.rows(tenantId, chunk) });
    const found = <Kind extends HostKind>(kind: Kind): FoundOf<Kind> =>
      new Map([
        ...ids[kind].map((id) => [id, undefined] as const),
        ...answers.flatMap((answer) => [...recordsOf(kind, answer.ids[kind], answer.rows[kind], source)]),
      ]);
    return new HostRecords({
      order: found('order'),
      customer: found('customer'),
      event: found('event'),
      attendee: found('attendee'),
    });
  }

  override async attendeesOf(
    tenantId: string,
    eventId: string,
    { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<AttendeePage> {
    const source = this.required();
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_IDS) throw new RangeError(`limit is 1 to ${MOST_IDS}`);
    if (!isHostId(eventId)) return { attendees: [], unreadable: [], next: undefined };
    const rows = await source.attendeesOf(tenantId, { eventId, after, limit });
    const ids = rows.map((row) => idOf('attendees_of', row, source));
    if (ids.length > limit || new Set([after, ...ids]).size !== ids.length + 1) {
      throw new HostDataUnavailable('attendees_of does not page: it keeps to its limit, and begins after the id given');
    }
    const records = rows.map((row) => recordOf('attendee', row, source));
    return {
      attendees: records.filter((record): record is HostAttendee => !(record instanceof HostRecordUnreadable)),
      unreadable: records.filter((record) => record instanceof HostRecordUnreadable),
      next: ids.length === limit ? ids.at(-1) : undefined,
    };
  }

  private required(): HostSource {
    if (!this.source) throw new HostDataNotConfigured();
    return this.source;
  }

  private ping(source: HostSource): Promise<void> {
    if (this.lastPing && this.lastPing.until > performance.now()) return this.lastPing.result;
    const result = source.ping();
    this.lastPing = { result, until: performance.now() + PING_EVERY_MS };
    return result;
  }
}

/** Chunks of at most MOST_IDS of each kind; ids that no host can have are unknown without a question. */
function* chunksOf(all: HostIds): Generator<HostIds> {
  const ids = ofEachKind((kind) => all[kind].filter(isHostId));
  const longest = Math.max(...Object.values(ids).map(({ length }) => length));
  for (let from = 0; from < longest; from += MOST_IDS) {
    yield ofEachKind((kind) => ids[kind].slice(from, from + MOST_IDS));
  }
}
