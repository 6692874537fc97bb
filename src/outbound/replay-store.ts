/** Replays, as stored. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';

/** Times are PostgreSQL text. */
export interface ReplayRow {
  readonly id: string;
  readonly endpointId: string;
  readonly since: string;
  readonly until: string;
  /** All that was recorded before this has been found. */
  readonly reachedAt: string;
  /** And of this moment what has no higher sequence. */
  readonly reachedSeq: string;
  /** How many were found. */
  readonly events: number;
  readonly finishedAt: string | null;
}

const COLUMNS = `id, endpoint_id as "endpointId", since, until, reached_at as "reachedAt", reached_seq as "reachedSeq", events,
  finished_at as "finishedAt"`;

/** SQL: whether any is under way. */
export const ANY_REPLAY_OPEN = `exists (select from webhook_replay where finished_at is null)`;

@Injectable()
export class ReplayStore {
  constructor(private readonly database: Database) {}

  /** Undefined if one of the endpoint is under way. */
  async insert(endpointId: string, since: Date, until: Date): Promise<ReplayRow | undefined> {
    const [row] = await this.database.query<ReplayRow>(
      `insert into webhook_replay (endpoint_id, since, until, reached_at) values ($1, $2, $3, $2)
       on conflict (endpoint_id) where finished_at is null do nothing returning ${COLUMNS}`,
      [endpointId, since, until],
    );
    return row;
  }

  /** Newest first, from before an id. */
  page(endpointId: string, before: string | undefined, limit: number): Promise<ReplayRow[]> {
    return this.database.query<ReplayRow>(
      `select ${COLUMNS} from webhook_replay where endpoint_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [endpointId, before ?? null, limit],
    );
  }

  /** The ids of those under way, oldest first. */
  async open(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select id from webhook_replay where finished_at is null order by id`,
    );
    return rows.map(({ id }) => id);
  }

  /** Locks one that is under way, unless somebody else has. */
  async take(id: string): Promise<ReplayRow | undefined> {
    const [row] = await this.database.query<ReplayRow>(
      `select ${COLUMNS} from webhook_replay where id = $1 and finished_at is null for no key update skip locked`,
      [id],
    );
    return row;
  }

  async advance(id: string, reachedAt: string, reachedSeq: string, events: number): Promise<void> {
    await this.database.query(
      `update webhook_replay set reached_at = $2, reached_seq = $3, events = events + $4,
         finished_at = case when $2::timestamptz >= until then clock_timestamp() end
       where id = $1`,
      [id, reachedAt, reachedSeq, events],
    );
  }
}
