/** Many messages at once: exact copies of what the product wrote for one, with ids, recipients and times of their own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../harness/query.js';
import { signedCallback } from './callbacks.js';
import type { BenchTenant, Desk } from './desk.js';
import { TWILIO } from './desk.config.js';
import type { BenchChannel } from './people.js';

/** Rows of one transaction. */
const CHUNK = 50_000;
const POLL_MS = 20;

/** How the life of a message ends, or where it stands. */
export type Life = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'skipped_no_consent';

/** What of a message is in which table, and the column that names the message there. */
const TABLES = [
  { name: 'message', key: 'id' },
  { name: 'pending', key: 'message_id' },
  { name: 'message_event', key: 'message_id' },
] as const;
/** Made by the database for each row. */
const GENERATED = ['seq', 'tx'];

export interface Copies {
  readonly patternId: string;
  readonly count: number;
  /** The number of the first recipient. */
  readonly first: number;
  /** When they were accepted: evenly between these. */
  readonly from: Date;
  readonly until: Date;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

export class Archive {
  constructor(private readonly desk: Desk) {}

  /** Takes one message through the product to this point, and answers its id. Needs a worker, but for `queued`. */
  async live(tenant: BenchTenant, channel: BenchChannel, life: Life, guestNumber = 0): Promise<string> {
    if (life !== 'skipped_no_consent') await this.desk.optIn(tenant, channel, 1, guestNumber);
    const [id] = await this.desk.accept(tenant, channel, 1, guestNumber);
    if (id === undefined) throw new Error('The message was not accepted');
    if (life === 'skipped_no_consent' || life === 'queued') await this.reached(id, life);
    else await this.reached(id, 'sent');
    if (life === 'delivered' || life === 'undelivered') {
      await this.callBack(id, life);
      await this.reached(id, life);
    }
    return id;
  }

  /** Copies one message, its place in the line and its facts, all else as it is. */
  async copy({ patternId, count, first, from, until }: Copies): Promise<void> {
    await withClient(this.desk.databaseUrl, async (client) => {
      for (let start = 0; start < count; start += CHUNK) {
        await client.query('begin');
        await client.query(
          `create temporary table copy on commit drop as
           select first + n as number, uuidv7(at - clock_timestamp()) as id,
             at - (select uuid_extract_timestamp(id) from message where id = $1) as later
           from generate_series($2::int, $3::int - 1) as n,
             lateral (select $4::int as first, $5::timestamptz + ($6::timestamptz - $5::timestamptz) * (n / $7::float8) as at) as place`,
          [patternId, start, Math.min(count, start + CHUNK), first, from, until, count],
        );
        for (const table of TABLES) await client.query(await this.insert(client, table), [patternId]);
        await client.query('commit');
      }
    });
  }

  /** So many people opt in: copies of the decision of one, without its log. */
  async optIn(tenant: BenchTenant, channel: BenchChannel, count: number): Promise<void> {
    await this.desk.optIn(tenant, channel, 1);
    await this.desk.query(
      `insert into consent
       select (jsonb_populate_record(consent, jsonb_build_object('address', ${guestSql('number')}))).*
       from consent, generate_series(1, $3::int - 1) as number
       where venue_id = $1 and channel = $2 and address = (select ${guestSql('0')} from (select $2 as channel) as of)`,
      [tenant.venueId, channel, count],
    );
  }

  private async insert(client: Client, { name, key }: (typeof TABLES)[number]): Promise<string> {
    const { rows } = await client.query<Column>(
      `select column_name as name, data_type as type from information_schema.columns where table_name = $1 order by ordinal_position`,
      [name],
    );
    const columns = rows.filter((column) => !GENERATED.includes(column.name));
    const values = columns.map((column) => valueOf(column, key));
    return `insert into ${name} (${columns.map((column) => column.name).join(', ')})
      select ${values.join(', ')} from copy, ${name} as pattern where pattern.${key} = $1
      order by copy.number${name === 'message_event' ? ', pattern.seq' : ''}`;
  }

  private async callBack(id: string, status: string): Promise<void> {
    const [message] = await this.desk.query<{ provider_message_id: string; sender_address: string; recipient: string }>(
      'select provider_message_id, sender_address, recipient from message where id = $1',
      [id],
    );
    if (!message) throw new Error('The message is gone');
    const { path, headers, body } = signedCallback({ origin: this.desk.url, ...TWILIO }, { id, ...message }, status);
    const answer = await fetch(`${this.desk.url}${path}`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`The callback was answered ${answer.status}`);
  }

  private async reached(id: string, life: Life): Promise<void> {
    const sql = 'select from message where id = $1 and status = $2';
    while ((await this.desk.query(sql, [id, life])).length === 0) await delay(POLL_MS);
  }
}

/** The address of a guest, in SQL with a column `channel`; as `guest` of people.ts. */
const guestSql = (number: string): string => `case channel
  when 'email' then 'guest-' || lpad((${number})::text, 7, '0') || '@example.com'
  else '+1415' || lpad((${number})::text, 7, '0') end`;

function valueOf({ name, type }: Column, key: string): string {
  if (name === key) return 'copy.id';
  if (name === 'recipient') return guestSql('copy.number');
  if (name === 'provider_message_id')
    return `case when pattern.${name} is not null then 'SM' || replace(copy.id::text, '-', '') end`;
  return type === 'timestamp with time zone' ? `pattern.${name} + copy.later` : `pattern.${name}`;
}
