/** Escalations and their attempts, as stored. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../kernel/index.js';
import { MESSAGES, type MessageStatus } from '../ledger/index.js';
import type { Category } from '../tenants/index.js';
import { CallNotFound } from './calls.errors.js';
import type { Attempt, EscalationStatus, RetryPolicy, Step, StepChannel } from './escalation.rules.js';

/** What is sent on a channel: the fields of a new message that are the same for everybody. */
export type StepMessage = Readonly<Record<string, unknown>>;

export interface NewEscalation {
  readonly tenantId: string;
  readonly venueId: string;
  readonly untilAcknowledged: boolean;
  readonly messages: Readonly<Partial<Record<StepChannel, StepMessage>>>;
  readonly steps: readonly Step[];
  readonly retry: RetryPolicy;
  readonly category: Category;
  readonly reference: string | null;
  readonly createdBy: string;
}

/** How somebody acknowledged: a key in the call, a reply to the text, or a person at another desk. */
export const ACKNOWLEDGED_VIA = ['key', 'reply', 'api'] as const;
export type AcknowledgedVia = (typeof ACKNOWLEDGED_VIA)[number];

/** Times are PostgreSQL text. */
export interface EscalationRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly status: EscalationStatus;
  readonly until_acknowledged: boolean;
  readonly messages: NewEscalation['messages'];
  readonly steps: readonly Step[];
  readonly retry: RetryPolicy;
  readonly category: Category;
  readonly reference: string | null;
  readonly acknowledged_message: string | null;
  readonly acknowledged_via: AcknowledgedVia | null;
  readonly acknowledged_at: string | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

/** An attempt of an escalation; `refusal` is the code of the error for which no message was accepted. */
export interface StoredAttempt extends Attempt {
  readonly escalationId: string;
  readonly refusal: string | null;
}

export interface EscalationFilter {
  readonly status?: EscalationStatus | undefined;
  readonly reference?: string | undefined;
  readonly before?: string | undefined;
}

/** Whose reply it is, and to which number of which accounts. */
export interface Reply {
  readonly from: string;
  readonly to: string;
  readonly accountIds: readonly string[];
}

/** An escalation that is over is acknowledged by a reply this long after it was begun. */
const REPLIES_WITHIN = '1 day';

const AGAIN_AFTER_S = 5;

const COLUMNS = `id, tenant_id, venue_id, status, until_acknowledged, messages, steps, retry, category, reference, acknowledged_message,
  acknowledged_via, acknowledged_at, created_at, finished_at`;

/** SQL: whether any is due. */
export const ANY_ESCALATION_DUE = `exists (select from escalation where due_at <= clock_timestamp())`;

@Injectable()
export class Escalations {
  constructor(private readonly database: Database) {}

  /** Due at once. Answers its row. */
  async insert(escalation: NewEscalation): Promise<EscalationRow> {
    const { tenantId, venueId, untilAcknowledged, messages, steps, retry, category, reference, createdBy } = escalation;
    const [row] = await this.database.query<EscalationRow>(
      `insert into escalation (tenant_id, venue_id, until_acknowledged, messages, steps, retry, category, reference, created_by, due_at)
       values ($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, $7, $8, $9, clock_timestamp()) returning ${COLUMNS}`,
      [
        tenantId,
        venueId,
        untilAcknowledged,
        ...[messages, steps, retry].map((value) => JSON.stringify(value)),
        category,
        reference,
        createdBy,
      ],
    );
    if (!row) throw new Error('an insert answers its row');
    return row;
  }

  /** Raises CallNotFound. */
  async find(tenantId: string, id: string): Promise<EscalationRow> {
    return this.one(`select ${COLUMNS} from escalation where id = $1 and tenant_id = $2`, [id, tenantId]);
  }

  /** Until the end of the transaction. Raises CallNotFound. */
  async lock(tenantId: string, id: string): Promise<EscalationRow> {
    return this.one(`select ${COLUMNS} from escalation where id = $1 and tenant_id = $2 for no key update`, [
      id,
      tenantId,
    ]);
  }

  /** Newest first, one more than the limit. */
  page(tenantId: string, { status, reference, before }: EscalationFilter, limit: number): Promise<EscalationRow[]> {
    return this.database.query<EscalationRow>(
      `select ${COLUMNS} from escalation
       where tenant_id = $1 and ($2::uuid is null or id < $2) and ($3::text is null or status = $3)
         and ($4::text is null or reference = $4)
       order by id desc limit $5`,
      [tenantId, before ?? null, status ?? null, reference ?? null, limit + 1],
    );
  }

  /** Locks the one that is due for longest, of those in nobody else's hands. */
  async take(): Promise<EscalationRow | undefined> {
    const [row] = await this.database.query<EscalationRow>(
      `select ${COLUMNS} from escalation where due_at <= clock_timestamp()
       order by due_at limit 1 for no key update skip locked`,
    );
    return row;
  }

  /** Of these escalations, oldest first, with what became of each by now. */
  async attempts(ids: readonly string[]): Promise<StoredAttempt[]> {
    const rows = await this.database.query<AttemptRow>(
      `select escalation_id, step, attempt, message_id, refusal, at, message.status, message.settled_at
       from escalation_attempt left join ${MESSAGES} as message on message.id = message_id
       where escalation_id = any($1::uuid[]) order by escalation_id, at, step, attempt`,
      [ids],
    );
    return rows.map((row) => ({
      escalationId: row.escalation_id,
      step: row.step,
      attempt: row.attempt,
      messageId: row.message_id,
      refusal: row.refusal,
      status: row.status,
      at: instant(row.at),
      settledAt: row.settled_at === null ? null : instant(row.settled_at),
    }));
  }

  async addAttempt(
    id: string,
    { step, attempt }: Pick<Attempt, 'step' | 'attempt'>,
    made: { readonly messageId: string } | { readonly refusal: string },
  ): Promise<void> {
    await this.database.query(
      `insert into escalation_attempt (escalation_id, step, attempt, message_id, refusal) values ($1, $2, $3, $4, $5)`,
      [id, step, attempt, 'messageId' in made ? made.messageId : null, 'refusal' in made ? made.refusal : null],
    );
  }

  /** The time that attempts are dated by: a worker's own clock may be off. */
  async now(): Promise<Date> {
    const [row] = await this.database.query<{ now: string }>(`select clock_timestamp() as now`);
    if (!row) throw new Error('it is always some time');
    return instant(row.now);
  }

  /** A move that failed on our side is made again a little later. */
  async tryAgain(id: string): Promise<void> {
    await this.database.query(
      `update escalation set due_at = clock_timestamp() + make_interval(secs => ${AGAIN_AFTER_S}) where id = $1`,
      [id],
    );
  }

  /** Nothing is to be done before; null: unless somebody reports. */
  async wait(id: string, until: Date | null): Promise<void> {
    await this.database.query(`update escalation set due_at = $2 where id = $1`, [id, until]);
  }

  async finish(id: string, status: EscalationStatus): Promise<void> {
    await this.database.query(
      `update escalation set status = $2, due_at = null, finished_at = coalesce(finished_at, clock_timestamp()) where id = $1`,
      [id, status],
    );
  }

  /** Whoever is the first counts. */
  async acknowledge(id: string, via: AcknowledgedVia, messageId: string | null): Promise<void> {
    await this.database.query(
      `update escalation set status = 'ACKNOWLEDGED', due_at = null, finished_at = clock_timestamp(), acknowledged_via = $2,
         acknowledged_message = $3, acknowledged_at = clock_timestamp()
       where id = $1`,
      [id, via, messageId],
    );
  }

  /** Locks the newest that this person was sent a text of, and nobody has acknowledged. */
  async repliedTo({ from, to, accountIds }: Reply): Promise<{ row: EscalationRow; messageId: string } | undefined> {
    const [found] = await this.database.query<{ escalation_id: string; message_id: string }>(
      `select escalation_id, message_id
       from escalation join escalation_attempt on escalation_id = escalation.id join ${MESSAGES} as message on message.id = message_id
       where escalation.status in (${OPEN}) and escalation.created_at > now() - $4::interval
         and message.channel = 'sms' and message.recipient = $1 and message.sender_address = $2
         and message.provider_account_id = any($3::uuid[])
       order by escalation_id desc, escalation_attempt.at desc limit 1`,
      [from, to, accountIds, REPLIES_WITHIN],
    );
    if (!found) return undefined;
    const [row] = await this.database.query<EscalationRow>(
      `select ${COLUMNS} from escalation where id = $1 and status in (${OPEN}) for no key update`,
      [found.escalation_id],
    );
    return row && { row, messageId: found.message_id };
  }

  private async one(sql: string, parameters: readonly unknown[]): Promise<EscalationRow> {
    const [row] = await this.database.query<EscalationRow>(sql, parameters);
    if (!row) throw new CallNotFound();
    return row;
  }
}

/** Times are PostgreSQL text. */
interface AttemptRow {
  readonly escalation_id: string;
  readonly step: number;
  readonly attempt: number;
  readonly message_id: string | null;
  readonly refusal: string | null;
  readonly at: string;
  readonly status: MessageStatus | null;
  readonly settled_at: string | null;
}

const OPEN = `'CALLING', 'EXHAUSTED'`;
