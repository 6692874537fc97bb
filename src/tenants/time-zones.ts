/** Time zones of tenants, which PostgreSQL and this process must both know, and know alike. */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, differingZones, InvalidRequest, sqlStateOf } from '../kernel/index.js';

const INVALID_PARAMETER = '22023';
const UNKNOWN = { path: 'timezone', message: 'timezone must be one that the database knows, such as Europe/Berlin' };

@Injectable()
export class TimeZones implements OnApplicationBootstrap {
  private readonly logger = new Logger(TimeZones.name);

  constructor(private readonly database: Database) {}

  /** Raises InvalidRequest for a zone that only this process knows: usage would stop at the tenant's first event. */
  async require(zone: string): Promise<void> {
    try {
      await this.database.apart('select now() at time zone $1', [zone]);
    } catch (error) {
      if (sqlStateOf(error) === INVALID_PARAMETER) throw new InvalidRequest([UNKNOWN]);
      throw error;
    }
  }

  /** Warns of each zone in use on which the two differ. */
  async onApplicationBootstrap(): Promise<void> {
    const inUse = await this.database.query<{ timezone: string }>('select distinct timezone from tenant');
    const zones = inUse.map(({ timezone }) => timezone).filter((zone) => zone !== 'UTC');
    for (const { zone, from } of await differingZones(this.database, zones)) {
      this.logger.warn(
        from === undefined
          ? `PostgreSQL or Node.js does not know the time zone ${zone}: update both`
          : `PostgreSQL and Node.js differ on the time zone ${zone}, from ${from}: days of usage are PostgreSQL's, campaign ` +
              `times are Node.js's. Update both`,
      );
    }
  }
}
