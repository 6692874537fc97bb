/** Messages that a provider took, and then said no more of. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { ProviderName } from '../tenants/index.js';

/** Facts that one look goes through. */
const WINDOW = 20_000;
/** Messages asked for at once: a favour of the provider. */
const AT_ONCE = 20;

export interface Silent {
  readonly messageId: string;
  readonly providerMessageId: string;
  readonly provider: ProviderName;
  readonly accountId: string;
}

/** How long after a message was sent, and the cursor that has come so far. */
const PASSES = [
  { name: '1 hour', after: '1 hour' },
  { name: '1 day', after: '1 day' },
] as const;
type Pass = (typeof PASSES)[number];

interface Found {
  readonly silent: readonly Silent[];
  /** Where to go on. */
  readonly tx: string | null;
  readonly seq: string | null;
  /** Whether there may be more by now. */
  readonly more: boolean;
}

@Injectable()
export class Silences {
  readonly passes: readonly Pass[] = PASSES;

  constructor(private readonly database: Database) {}

  /**
   * The next of those that are still `sent` so long after: by the facts, in order, so that each message is looked at once in a pass and
   * nothing has to be kept of those that are well.
   */
  async find({ name, after }: Pass, providers: readonly ProviderName[]): Promise<Found> {
    const [found] = await this.database.query<{
      silent: Silent[] | null;
      tx: string | null;
      seq: string | null;
      is_full: boolean;
    }>(
      `with passed as materialized (
         select tx, seq, message_id, kind from (
           select * from message_event
           where (tx, seq) > (select tx, seq from silence_cursor where name = $1) and tx < pg_snapshot_xmin(pg_current_snapshot())
           order by tx, seq limit ${WINDOW}) as fact
         where at < now() - $2::interval
       ), silent as materialized (
         select passed.tx, passed.seq, message.id, provider_message_id, message.provider, provider_account_id
         from passed join message on message.id = passed.message_id join lane on lane.id = lane_id
         where kind = 'sent' and status = 'sent' and message.provider = any($3) and provider_message_id is not null
         order by passed.tx, passed.seq limit ${AT_ONCE}
       ), reached as (
         select tx, seq from silent where (select count(*) from silent) = ${AT_ONCE}
         union all
         select tx, seq from passed where (select count(*) from silent) < ${AT_ONCE}
       )
       select last.tx, last.seq, (select count(*) from passed) = ${WINDOW} or (select count(*) from silent) = ${AT_ONCE} as is_full,
         (select json_agg(json_build_object('messageId', id, 'providerMessageId', provider_message_id, 'provider', provider,
            'accountId', provider_account_id)) from silent) as silent
       from (select 1) as one left join (select * from reached order by tx desc, seq desc limit 1) as last on true`,
      [name, after, providers],
    );
    return {
      silent: found?.silent ?? [],
      ...{ tx: found?.tx ?? null, seq: found?.seq ?? null, more: found?.is_full ?? false },
    };
  }

  /** A pass goes on from there. Where somebody else has gone further meanwhile, it stays there. */
  async passed({ name }: Pass, { tx, seq }: Found): Promise<void> {
    if (tx === null) return;
    await this.database.query(
      `update silence_cursor set tx = $2::xid8, seq = $3::bigint where name = $1 and (tx, seq) < ($2::xid8, $3::bigint)`,
      [name, tx, seq],
    );
  }
}
