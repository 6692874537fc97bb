/** Media that people sent, as stored: where the provider keeps it, and the file that it has become. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FileUses, type FileFacts } from '../files/index.js';
import { Database } from '../kernel/index.js';
import type { MediaReason } from './media.rules.js';

export const MEDIA_STATES = ['waiting', 'kept', 'failed'] as const;

/** Of a message that was received, in the order they were sent. Times are PostgreSQL text. */
export interface ReceivedMediaFacts {
  readonly state: (typeof MEDIA_STATES)[number];
  readonly fileId: string | null;
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly reason: MediaReason | null;
}

/** One that is to be fetched. */
export interface DueMedia {
  readonly receivedId: string;
  readonly place: number;
  readonly claim: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly url: string;
  readonly attempts: number;
}

/** For other modules' statements: an array of `ReceivedMediaFacts` in JSON, of the message with this id. */
export const mediaOfReceived = (id: string): string => `(
  select coalesce(jsonb_agg(jsonb_build_object('state', state, 'fileId', file_id, 'mediaType', coalesce(media_type, told_type),
    'bytes', bytes, 'reason', reason) order by place), '[]')
  from received_media where received_id = ${id})`;

/** The same: whether some of it is still to be fetched. */
export const isFetching = (id: string): string =>
  `exists (select from received_media where received_id = ${id} and state = 'waiting')`;

/** A claim is for so long: a download ends well before. Whoever has not recorded it by then is dead, and it is made again. */
const LEASE_SECONDS = 90;
/** Accounts that are told of at once. */
const ACCOUNTS = 100;

/** SQL: whether anything is to be fetched. */
export const ANY_MEDIA_DUE = `exists (select from received_media where due_at <= clock_timestamp())`;

@Injectable()
export class ReceivedMedia implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly uses: FileUses,
  ) {}

  /** A file is kept as long as the message that brought it. */
  onModuleInit(): void {
    this.uses.add(`exists (
      select from received_media as media where media.file_id = file.id and media.tenant_id = file.tenant_id)`);
  }

  /** Accounts of which something is to be fetched, that which waits for longest first. */
  async dueAccounts(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select provider_account_id as id from received_media where due_at <= clock_timestamp()
       group by provider_account_id order by min(due_at) limit ${ACCOUNTS}`,
    );
    return rows.map(({ id }) => id);
  }

  /** Up to `limit` of an account, that nobody else has claimed. They count as attempts from now on. */
  claim(accountId: string, claim: string, limit: number): Promise<DueMedia[]> {
    return this.database.query<DueMedia>(
      `with due as (
         select received_id, place from received_media where provider_account_id = $1 and due_at <= clock_timestamp()
         order by due_at limit $3 for update skip locked
       )
       update received_media as media set attempts = attempts + 1, claim = $2,
         due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       from due where media.received_id = due.received_id and media.place = due.place
       returning media.received_id as "receivedId", media.place, claim, tenant_id as "tenantId",
         provider_account_id as "accountId", url, attempts`,
      [accountId, claim, limit],
    );
  }

  /** A claim that was lost records nothing. */
  async recordKept(
    { receivedId, place, claim }: DueMedia,
    { id, mediaType, bytes }: Pick<FileFacts, 'id' | 'mediaType' | 'bytes'>,
  ): Promise<void> {
    await this.database.query(
      `update received_media set state = 'kept', reason = null, file_id = $4, media_type = $5, bytes = $6, claim = null, due_at = null
       where received_id = $1 and place = $2 and claim = $3`,
      [receivedId, place, claim, id, mediaType, bytes],
    );
  }

  /** The same; without a pause it is not tried again. */
  async recordFault(
    { receivedId, place, claim }: DueMedia,
    reason: MediaReason,
    pauseMs: number | undefined,
  ): Promise<void> {
    await this.database.query(
      `update received_media set state = case when $5::float8 is null then 'failed' else 'waiting' end, reason = $4, claim = null,
         due_at = clock_timestamp() + make_interval(secs => $5::float8 / 1000)
       where received_id = $1 and place = $2 and claim = $3`,
      [receivedId, place, claim, reason, pauseMs ?? null],
    );
  }

  /** What could not be fetched is due at once, and has all its attempts again. */
  async retry(receivedId: string): Promise<void> {
    await this.database.query(
      `update received_media set state = 'waiting', attempts = 0, due_at = clock_timestamp()
       where received_id = $1 and state = 'failed'`,
      [receivedId],
    );
  }
}
