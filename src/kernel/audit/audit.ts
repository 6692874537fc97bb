/** The audit log: who, when, what. Append-only, and linked by a trigger of its table into a chain for each tenant. */
import { Injectable } from '@nestjs/common';
import { actorOf, type Principal } from '../http/auth.js';
import { Database } from '../postgres/database.js';
import { SqlValues, type SqlCondition } from '../postgres/sql-values.js';
import type { ChainedRecord } from './audit-chain.js';

export interface AuditFilter {
  /** Undefined: all tenants. */
  readonly tenantId: string | undefined;
  readonly action: string | undefined;
  /** `admin` or `key:<id>`. */
  readonly actor: string | undefined;
  readonly objectKind: string | undefined;
  readonly objectId: string | undefined;
  /** At or after. */
  readonly since?: Date | undefined;
  /** Before. */
  readonly until?: Date | undefined;
}

export interface AuditRecord extends ChainedRecord {
  readonly details: Record<string, unknown>;
}

/** What an action was done to, if it is one object; and whose it is, if not the caller's. */
export interface AuditObject {
  readonly kind?: string | undefined;
  readonly id?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** SQL: the columns of a record, as it is hashed. */
export const CHAINED = `seq::float8 as seq, id, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, origin,
  tenant_id as "tenantId", action, object_kind as "objectKind", object_id as "objectId", details,
  encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash`;

@Injectable()
export class Audit {
  constructor(private readonly database: Database) {}

  /**
   * Call it in the transaction of the action. `action` is a stable code of the form `noun.verb`; `details` hold ids, filters
   * and counts, never an address or a text. It is written right before the transaction commits: until that is over, the next
   * change of the same tenant waits for its place in the chain.
   */
  record(
    caller: Principal,
    action: string,
    details: object,
    { kind, id, tenantId = caller.tenantId }: AuditObject = {},
  ): Promise<void> {
    const values = [actorOf(caller), caller.origin ?? null, tenantId ?? null, action, JSON.stringify(details)];
    return this.database.beforeCommit(async () => {
      await this.database.query(
        `insert into audit_event (actor, origin, tenant_id, action, details, object_kind, object_id)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [...values, kind ?? null, (kind && id) ?? null],
      );
    });
  }

  /** Up to `limit` records below an id, newest first. */
  page(filter: AuditFilter, below: string | undefined, limit: number): Promise<AuditRecord[]> {
    return this.find(filter, [(place) => `id < ${place}::uuid`, below], `id desc limit ${limit}`);
  }

  /** Up to `limit` records above an id, oldest first: those of a chain in its order. */
  after(filter: AuditFilter, above: string | undefined, limit: number): Promise<AuditRecord[]> {
    return this.find(filter, [(place) => `id > ${place}::uuid`, above], `id limit ${limit}`);
  }

  private find(filter: AuditFilter, place: SqlCondition, order: string): Promise<AuditRecord[]> {
    const values = new SqlValues();
    const asked = values.all([
      [(at) => `tenant_id = ${at}`, filter.tenantId],
      place,
      [(at) => `action = ${at}`, filter.action],
      [(at) => `actor = ${at}`, filter.actor],
      [(at) => `object_kind = ${at}`, filter.objectKind],
      [(at) => `object_id = ${at}`, filter.objectId],
      [(at) => `at >= ${at}`, filter.since],
      [(at) => `at < ${at}`, filter.until],
    ]);
    return this.database.query<AuditRecord>(
      `select ${CHAINED} from audit_event ${asked && `where ${asked}`} order by ${order}`,
      values.list,
    );
  }
}
