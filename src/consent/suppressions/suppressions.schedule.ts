/** Takes suppressions off the list that have ended, and dead addresses whose proof holds no more. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { DeadAddresses } from '../dead-addresses/dead-addresses.js';
import { Suppressions } from './suppressions.js';

const EVERY_MS = 3_600_000;

@Injectable()
export class SuppressionsSchedule {
  constructor(
    private readonly suppressions: Suppressions,
    private readonly dead: DeadAddresses,
  ) {}

  @Scheduled({ name: 'purge-suppressions', everyMs: EVERY_MS })
  async purge(): Promise<void> {
    await this.suppressions.purge();
    await this.dead.purge();
  }
}
