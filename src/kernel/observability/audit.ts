/** The audit log: who, when, what. Append-only. */
import { Injectable } from '@nestjs/common';
import { actorOf, type Principal } from '../http/auth.js';
import { Database } from '../postgres/database.js';
import { SqlValues } from '../postgres/sql-values.js';

export interface AuditFilter {
  /** Undefined: all tenants. */
  readonly tenantId: string | undefined;
  readonly action: string | undefined;
  /** Only records with a lower id. */
  readonly before: string | undefined;
}

export interface AuditRecord {
  readonly id: string;
  /** PostgreSQL text. */
  readonly at: string;
  readonly actor: string;
  readonly tenantId: string | null;
  readonly action: string;
  readonly details: Record<string, unknown>;
}

@Injectable()
export class Audit {
  constructor(private readonly database: Database) {}

  /**
   * Call it in the transaction of the action. `action` is a stable code of the form `noun.verb`; `details` hold ids, filters
   * and counts, never an address or a text.
   */
  async record(caller: Principal, action: string, details: object): Promise<void> {
    await this.database.query(`insert into audit_event (actor, tenant_id, action, details) values ($1, $2, $3, $4)`, [
      actorOf(caller),
      caller.tenantId ?? null,
      action,
      JSON.stringify(details),
    ]);
  }

  /** Up to `limit` records, newest first. */
  page({ tenantId, action, before }: AuditFilter, limit: number): Promise<AuditRecord[]> {
    const values = new SqlValues();
    const asked = values.all([
      [(place) => `tenant_id = ${place}`, tenantId],
      [(place) => `id < ${place}::uuid`, before],
      [(place) => `action = ${place}`, action],
    ]);
    return this.database.query<AuditRecord>(
      `select id, at, actor, tenant_id as "tenantId", action, details from audit_event
       ${asked && `where ${asked}`} order by id desc limit ${limit}`,
      values.list,
    );
  }
}
