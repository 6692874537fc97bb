/** Exports that were asked for. An address is kept encrypted, for as long as its export can be read. */
import { Injectable } from '@nestjs/common';
import { PersonDigests } from '../consent/index.js';
import { Database, KeyRing, Scheduled } from '../kernel/index.js';
import type { Person, PersonKind } from './person.js';

/** As stored; times as PostgreSQL text. */
export interface ExportRow {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: PersonKind;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

const COLUMNS = `id, tenant_id as "tenantId", kind, requested_by as "requestedBy", requested_at as "requestedAt", expires_at as "expiresAt"`;

@Injectable()
export class ExportStore {
  constructor(
    private readonly database: Database,
    private readonly digests: PersonDigests,
    private readonly keys: KeyRing,
  ) {}

  async add({ tenantId, kind, address }: Person, actor: string): Promise<ExportRow> {
    const [row] = await this.database.query<ExportRow>(
      `insert into person_export (tenant_id, kind, digest, address, requested_by) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
      [tenantId, kind, this.digests.of(address), this.keys.encrypt(address, contextOf(tenantId)), actor],
    );
    if (!row) throw new Error('an insert answers its row');
    return row;
  }

  /** Undefined for one that has expired. */
  async find(tenantId: string, id: string): Promise<{ readonly row: ExportRow; readonly person: Person } | undefined> {
    const [found] = await this.database.query<ExportRow & { address: string }>(
      `select ${COLUMNS}, address from person_export where tenant_id = $1 and id = $2 and expires_at > now()`,
      [tenantId, id],
    );
    if (!found) return undefined;
    const { address, ...row } = found;
    return { row, person: { tenantId, kind: row.kind, address: this.keys.decrypt(address, contextOf(tenantId)) } };
  }

  @Scheduled({ name: 'purge-person-exports', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    await this.database.query(`delete from person_export where expires_at <= now()`);
  }
}

const contextOf = (tenantId: string): string => `person_export:${tenantId}`;
