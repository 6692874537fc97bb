/** The audit log: who, when, what. Append-only. */
import { Injectable } from '@nestjs/common';
import { actorOf, type Principal } from '../http/auth.js';
import { Database } from '../postgres/database.js';
import { SqlValues } from '../postgres/sql-values.js';

export interface AuditFilter {
  /** Undefined: all tenants. */
  readonly tenantId: string | undefined;
  readonly action: string | undefined;
  /** `admin` or `key:<id>`. */
  readonly actor: string | undefined;
  readonly objectKind: string | undefined;
  readonly objectId: string | undefined;
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
  readonly objectKind: string | null;
  readonly objectId: string | null;
  readonly details: Record<string, unknown>;
}

/** What an action was done to, if it is one object; and whose it is, if not the caller's. */
export interface AuditObject {
  readonly kind?: string | undefined;
  readonly id?: string | undefined;
  readonly tenantId?: string | undefined;
}

@Injectable()
export class Audit {
  constructor(private readonly database: Database) {}

  /**
   * Call it in the transaction of the action. `action` is a stable code of the form `noun.verb`; `details` hold ids, filters
   * and counts, never an address or a text.
   */
  async record(
    caller: Principal,
    action: string,
    details: object,
    { kind, id, tenantId = caller.tenantId }: AuditObject = {},
  ): Promise<void> {
    await this.database.query(
      `insert into audit_event (actor, tenant_id, action, details, object_kind, object_id) values ($1, $2, $3, $4, $5, $6)`,
      [actorOf(caller), tenantId ?? null, action, JSON.stringify(details), kind ?? null, (kind && id) ?? null],
    );
  }

  /** Up to `limit` records, newest first. */
  page({ tenantId, action, actor, objectKind, objectId, before }: AuditFilter, limit: number): Promise<AuditRecord[]> {
    const values = new SqlValues();
    const asked = values.all([
      [(place) => `tenant_id = ${place}`, tenantId],
      [(place) => `id < ${place}::uuid`, before],
      [(place) => `action = ${place}`, action],
      [(place) => `actor = ${place}`, actor],
      [(place) => `object_kind = ${place}`, objectKind],
      [(place) => `object_id = ${place}`, objectId],
    ]);
    return this.database.query<AuditRecord>(
      `select id, at, actor, tenant_id as "tenantId", action, object_kind as "objectKind", object_id as "objectId", details
       from audit_event
       ${asked && `where ${asked}`} order by id desc limit ${limit}`,
      values.list,
    );
  }
}
