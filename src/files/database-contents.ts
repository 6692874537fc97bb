/** Files in our own database. */
import type { Database } from '../kernel/index.js';
import { ContentStore, type ContentName } from './content-store.js';

export class DatabaseContents extends ContentStore {
  readonly name = 'database';

  constructor(private readonly database: Database) {
    super();
  }

  async put({ tenantId, digest }: ContentName, content: Buffer): Promise<void> {
    await this.database.query(
      `insert into file_content (tenant_id, digest, content) values ($1, $2, $3) on conflict do nothing`,
      [tenantId, digest, content],
    );
  }

  async get({ tenantId, digest }: ContentName): Promise<Buffer | undefined> {
    const [found] = await this.database.query<{ content: Buffer }>(
      `select content from file_content where tenant_id = $1 and digest = $2`,
      [tenantId, digest],
    );
    return found?.content;
  }

  async delete({ tenantId, digest }: ContentName): Promise<void> {
    await this.database.query(`delete from file_content where tenant_id = $1 and digest = $2`, [tenantId, digest]);
  }
}
