/** Forgets who sent wrong keys. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { WrongKeys } from './wrong-keys.js';

@Injectable()
export class ApiKeysSchedule {
  constructor(private readonly wrongKeys: WrongKeys) {}

  @Scheduled({ name: 'purge-wrong-keys', everyMs: 3_600_000 })
  purge(): Promise<void> {
    return this.wrongKeys.purge();
  }
}
