/** The record of what people did: who, when, to what. Append-only. */
import { Injectable } from '@nestjs/common';
import { actorOf, type Principal } from '../http/auth.js';
import { Database } from '../postgres/database.js';

@Injectable()
export class Audit {
  constructor(private readonly database: Database) {}

  /**
   * Call it in the transaction of the deed. `action` is a stable word of the form `noun.verb`; `details` hold ids, filters and counts,
   * never an address or a text.
   */
  async record(caller: Principal, action: string, details: object): Promise<void> {
    await this.database.query(`insert into audit_event (actor, tenant_id, action, details) values ($1, $2, $3, $4)`, [
      ...[actorOf(caller), caller.tenantId ?? null, action, JSON.stringify(details)],
    ]);
  }
}
