/** Messages that a person has asked for by what they do, so that a rule of the gate does not stop them: few, and each is named. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Exemption } from './consent.rules.js';

@Injectable()
export class ExemptMessages {
  constructor(private readonly database: Database) {}

  /** Must run in the transaction that accepts the message. */
  async add(messageId: string, from: Exemption): Promise<void> {
    await this.database.query(`insert into exempt_message (message_id, exempt_from) values ($1, $2)`, [
      messageId,
      from,
    ]);
  }

  /** From what each is exempt; most are from nothing, and absent. */
  async among(messageIds: readonly string[]): Promise<ReadonlyMap<string, Exemption>> {
    const rows = await this.database.query<{ id: string; from: Exemption }>(
      `select message_id as id, exempt_from as "from" from exempt_message where message_id = any($1::uuid[])`,
      [messageIds],
    );
    return new Map(rows.map(({ id, from }) => [id, from]));
  }
}
