/** Time zones of tenants, which PostgreSQL and this process must both know, and know alike. */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, differingZones, InvalidRequest, sqlStateOf } from '../kernel/index.js';

const INVALID_PARAMETER = '22023';
const UNKNOWN = { path: 'timezone', message: 'timezone must be one that the database knows, such as Europe/Berlin' };

@Injectable()
export class TimeZones implements OnApplicationBootstrap {
  private readonly logger = new Logger(TimeZones.name);
  /** Of zones in use that the database does not know, the ones that it reckons with. */
  private substitutes: ReadonlyMap<string, string> = new Map();

  constructor(private readonly database: Database) {}

  /** Raises InvalidRequest for a zone that only this process knows: the tenant's days would not be those that it means. */
  async require(zone: string): Promise<void> {
    if (!(await this.isKnown(zone))) throw new InvalidRequest([UNKNOWN]);
  }

  /** A zone, or what the database takes for it: SQL with a zone that it does not know would fail for all tenants. */
  inDatabase(zone: string): string {
    return this.substitutes.get(zone) ?? zone;
  }

  /** All zones for which the database takes another one. */
  get substituted(): (readonly [zone: string, substitute: string])[] {
    return [...this.substitutes];
  }

  /**
   * Warns of each zone in use on which the two differ. One that the database has forgotten, by an update of its zone data, is
   * replaced there by the one that it is another name of; by UTC if this process does not know it either.
   */
  async onApplicationBootstrap(): Promise<void> {
    const inUse = await this.database.query<{ timezone: string }>('select distinct timezone from tenant_timezone');
    const zones = inUse.map(({ timezone }) => timezone).filter((zone) => zone !== 'UTC');
    const substitutes = new Map<string, string>();
    for (const { zone, from } of await differingZones(this.database, zones)) {
      if (from === undefined && !(await this.isKnown(zone))) substitutes.set(zone, await this.substituteOf(zone));
      this.logger.warn(
        from === undefined
          ? `PostgreSQL or Node.js does not know the time zone ${zone}: update both${inItsPlace(substitutes.get(zone))}`
          : `PostgreSQL and Node.js differ on the time zone ${zone}, from ${from}: days of usage are PostgreSQL's, campaign ` +
              `times are Node.js's. Update both`,
      );
    }
    this.substitutes = substitutes;
  }

  private async substituteOf(zone: string): Promise<string> {
    const canonical = canonicalZone(zone);
    return canonical !== undefined && (await this.isKnown(canonical)) ? canonical : 'UTC';
  }

  /** Whether the database knows a zone. */
  private async isKnown(zone: string): Promise<boolean> {
    try {
      await this.database.apart('select now() at time zone $1', [zone]);
      return true;
    } catch (error) {
      if (sqlStateOf(error) === INVALID_PARAMETER) return false;
      throw error;
    }
  }
}

const inItsPlace = (substitute: string | undefined): string =>
  substitute === undefined ? '' : `. Until then days of usage are those of ${substitute}`;

/** The zone that a name stands for; undefined for one that this process does not know. */
export function canonicalZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
