/** In which region tenants are: ours by their rows, others as their regions say. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  CONFIG,
  Database,
  errorLine,
  OtherRegions,
  ShortCache,
  SparingLogger,
  TenantDirectory,
  type ReadyConfig,
} from '../kernel/index.js';

/** Whom no region had a moment ago is not asked for again. */
const NOBODY_MS = 30_000;
/** Tenants that are remembered in this process. */
const REMEMBERED = 10_000;

@Injectable()
export class TenantRegions extends TenantDirectory {
  private readonly logger = new SparingLogger(new Logger(TenantRegions.name));
  /** For good: a tenant stays in its region. */
  private readonly known = new LRUCache<string, string>({ max: REMEMBERED });
  private readonly asked = new ShortCache<string | undefined>(NOBODY_MS);

  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'region'>,
    private readonly database: Database,
    private readonly others: OtherRegions,
  ) {
    super();
  }

  override async regionOf(tenantId: string): Promise<string | undefined> {
    const known = this.known.get(tenantId);
    if (known !== undefined) return known;
    const region = await this.asked.get(tenantId, () => this.find(tenantId));
    if (region !== undefined) this.known.set(tenantId, region);
    return region;
  }

  override async learn(tenantId: string, region: string): Promise<void> {
    this.known.set(tenantId, region);
    try {
      await this.database.query(`insert into tenant_region (id, region) values ($1, $2) on conflict do nothing`, [
        tenantId,
        region,
      ]);
    } catch (error) {
      this.logger.warn(`The region of a tenant was not noted: ${errorLine(error)}`);
    }
  }

  private async find(tenantId: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ region: string }>(
      `select $2::text as region from tenant where id = $1
       union all select region from tenant_region where id = $1`,
      [tenantId, this.config.region],
    );
    if (row) return row.region;
    const region = await this.others.whereIs(tenantId);
    if (region !== undefined) await this.learn(tenantId, region);
    return region;
  }
}
