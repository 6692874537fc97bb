/** The sandbox's host: the schema `sample_host` in our own database, made when it is first read. */
import { isUnavailable, sqlStateOf, ShortCache, type Database } from '../kernel/index.js';
import type { Finding } from '../providers/index.js';
import { HostDataUnavailable } from './host-data.errors.js';
import type { AttendeesAfter, HostIds, HostRow, HostRows, HostSource, StatusWords } from './host-source.js';
import { IS_SAMPLE_MADE, MAKE_SAMPLE, SEED_SAMPLE } from './sample-host.sql.js';
import type { SqlHostSource } from './sql.adapter.js';

/** How long a tenant is known to have its records: they are there for good. */
const KNOWN_MS = 3_600_000;

export class SampleHostSource implements HostSource {
  readonly statuses: StatusWords;
  private readonly prepared = new ShortCache<void>(KNOWN_MS);

  /** `sql` reads the sample as any host in a database is read. */
  constructor(
    private readonly database: Database,
    private readonly sql: SqlHostSource,
  ) {
    this.statuses = sql.statuses;
  }

  spell(field: string): string {
    return this.sql.spell(field);
  }

  async rows(tenantId: string, ids: HostIds): Promise<HostRows> {
    await this.prepare(tenantId);
    return this.sql.rows(tenantId, ids);
  }

  async attendeesOf(tenantId: string, page: AttendeesAfter): Promise<readonly HostRow[]> {
    await this.prepare(tenantId);
    return this.sql.attendeesOf(tenantId, page);
  }

  ping(): Promise<void> {
    return this.sql.ping();
  }

  examine(): Promise<Finding[]> {
    return this.sql.examine();
  }

  close(): Promise<void> {
    return this.sql.close();
  }

  private prepare(tenantId: string): Promise<void> {
    return this.prepared.get(tenantId, () => this.make(tenantId));
  }

  /** Committed at once, whatever the caller's transaction does: it is read on another connection. */
  private async make(tenantId: string): Promise<void> {
    try {
      const [found] = await this.database.apart<{ made: boolean }>(IS_SAMPLE_MADE);
      if (found?.made !== true) await this.database.apart(MAKE_SAMPLE);
      await this.database.apart(SEED_SAMPLE, [tenantId]);
    } catch (error) {
      const state = sqlStateOf(error);
      if (state === undefined && !isUnavailable(error)) throw error;
      const reason = state === undefined ? 'no answer' : `SQLSTATE ${state}`;
      throw new HostDataUnavailable(`the sample cannot be made: ${reason}`);
    }
  }
}
