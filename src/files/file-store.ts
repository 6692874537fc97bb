/** Files in the database: what is known of each. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { ContentName } from './content-store.js';
import type { FileFacts } from './file-facts.js';

export interface FileRow extends FileFacts {
  /** As PostgreSQL text. */
  readonly uploadedAt: string;
}

export type NewFile = Omit<FileFacts, 'id'>;

const COLUMNS = `id, tenant_id as "tenantId", name, media_type as "mediaType", bytes, digest, stored_in as "storedIn",
  uploaded_at as "uploadedAt"`;

/** How often a use is written down. */
const USED_EVERY = '1 hour';

const IS_IDLE = `greatest(used_at, uploaded_at) < now() - interval '30 days'`;

@Injectable()
export class FileStore {
  constructor(private readonly database: Database) {}

  async find(tenantId: string, id: string): Promise<FileRow | undefined> {
    const [row] = await this.database.query<FileRow>(`select ${COLUMNS} from file where tenant_id = $1 and id = $2`, [
      tenantId,
      id,
    ]);
    return row;
  }

  /** The same, and it is in use as of now. */
  async use(tenantId: string, id: string): Promise<FileRow | undefined> {
    const [row] = await this.database.query<FileRow>(
      `with used as (
         update file set used_at = now()
         where tenant_id = $1 and id = $2 and coalesce(used_at, '-infinity') < now() - interval '${USED_EVERY}')
       select ${COLUMNS} from file where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    return row;
  }

  /** Those with an id before `before`, newest first. */
  page(tenantId: string, before: string | undefined, limit: number): Promise<FileRow[]> {
    return this.database.query<FileRow>(
      `select ${COLUMNS} from file where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, before ?? null, limit],
    );
  }

  /** Nobody else adds or purges files of this content until the open transaction ends. It assigns no transaction id. */
  async lock({ tenantId, digest }: ContentName): Promise<void> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended('file ' || $1 || $2, 0))`, [
      tenantId,
      digest,
    ]);
  }

  /** Of one content, under all its names. */
  ofContent({ tenantId, digest }: ContentName): Promise<FileRow[]> {
    return this.database.query<FileRow>(`select ${COLUMNS} from file where tenant_id = $1 and digest = $2`, [
      tenantId,
      digest,
    ]);
  }

  /** Files that were neither used nor uploaded for long, and are not in use by this condition. */
  idle(isUsed: string, limit: number): Promise<FileRow[]> {
    return this.database.query<FileRow>(
      `select ${COLUMNS} from file where ${IS_IDLE} and not (${isUsed}) order by id limit $1`,
      [limit],
    );
  }

  /** Unless it has been used or uploaded meanwhile. */
  async remove(id: string, isUsed: string): Promise<void> {
    await this.database.query(`delete from file where id = $1 and ${IS_IDLE} and not (${isUsed})`, [id]);
  }

  /** Whoever may use it. */
  async erase(tenantId: string, id: string): Promise<void> {
    await this.database.query(`delete from file where tenant_id = $1 and id = $2`, [tenantId, id]);
  }

  /** The file of this content and name, which is there from now on. */
  async add({ tenantId, name, mediaType, bytes, digest, storedIn }: NewFile, actor: string): Promise<FileRow> {
    const [row] = await this.database.query<FileRow>(
      `insert into file (tenant_id, name, media_type, bytes, digest, stored_in, uploaded_by)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, digest, name) do update set uploaded_at = now()
       returning ${COLUMNS}`,
      [tenantId, name, mediaType, bytes, digest, storedIn, actor],
    );
    if (!row) throw new Error('a file was neither added nor found');
    return row;
  }
}
