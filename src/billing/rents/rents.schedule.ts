/** Charges numbers for months that have begun for them. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { NumberRents } from './number-rents.js';

@Injectable()
export class RentsSchedule {
  constructor(
    private readonly lock: AmountsLock,
    private readonly rents: NumberRents,
  ) {}

  @Scheduled({ name: 'number-rents', everyMs: 600_000 })
  charge(): Promise<void> {
    return this.lock.holding(() => this.rents.write());
  }
}
