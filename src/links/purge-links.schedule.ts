/** Deletes what counted links of old messages need. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Scheduled, type ReadyConfig } from '../kernel/index.js';

/** Rows per statement, so that none holds its locks for long. */
const BATCH = 10_000;
/** A link is stored anew on each day of its use: days may differ between us and the database. */
const DAYS_DIFFER = 2;

const OLD_MESSAGE = 'message_id < uuidv7_floor(now() - make_interval(days => $1))';
const PURGES = [
  `delete from short_link where code in (select code from short_link where ${OLD_MESSAGE} limit ${BATCH}) returning 1`,
  `delete from link_click where (message_id, link_id, by_machine) in (
     select message_id, link_id, by_machine from link_click where ${OLD_MESSAGE} order by message_id limit ${BATCH}) returning 1`,
  `delete from link where id in (select id from link where used_on < current_date - $1::int - ${DAYS_DIFFER} order by used_on limit ${BATCH}) returning 1`,
];

@Injectable()
export class PurgeLinksSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'linkDays'>,
    private readonly database: Database,
  ) {}

  @Scheduled({ name: 'purge-links', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    for (const sql of PURGES) {
      let purged: object[];
      do purged = await this.database.query(sql, [this.config.linkDays]);
      while (purged.length === BATCH);
    }
  }
}
