/** The secrets by which endpoints know that it was us: one each. */
import { Injectable } from '@nestjs/common';
import { Database, KeyRing } from '../kernel/index.js';
import { SigningSecrets } from '../notices/index.js';

@Injectable()
export class EndpointSecrets extends SigningSecrets {
  constructor(database: Database, keys: KeyRing) {
    super({ name: 'webhook_secret', owner: 'endpoint_id' }, database, keys);
  }

  /** Those that sign what an endpoint is told, the newest first. */
  of(endpointId: string): Promise<readonly string[]> {
    return this.ofOwner(endpointId);
  }
}
