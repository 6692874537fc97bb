/** Prevents opening the database of one region with the deployment of another. */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { DeploymentFacts } from '../postgres/deployment-facts.js';

const KEY = 'region';

/** Raised at start: what belongs to one region is never in the database of another. */
export class DatabaseOfOtherRegion extends Error {
  constructor(region: string) {
    super(
      `This database belongs to the region ${region}: set DATABASE_URL to another, or CALLBOARD_REGION to what it is.`,
    );
    this.name = 'DatabaseOfOtherRegion';
  }
}

@Injectable()
export class RegionGuard implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'region'>,
    private readonly deployment: DeploymentFacts,
  ) {}

  /** A database belongs to the first region that it is opened for. Raises DatabaseOfOtherRegion. */
  async onModuleInit(): Promise<void> {
    const { region } = this.config;
    const kept = region === undefined ? await this.deployment.read(KEY) : await this.deployment.writeOnce(KEY, region);
    if (kept !== undefined && kept !== region) throw new DatabaseOfOtherRegion(kept);
  }
}
