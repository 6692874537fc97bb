/** How the entrances for events do, for operators. */
import { Injectable } from '@nestjs/common';
import { BusStatus, type LinkState } from '../service-bus/bus-status.js';
import { DeadLetters } from './dead-letters.js';

export interface EntrancesState {
  /** Events refused for good within the last day. */
  readonly deadLettered: number;
  readonly serviceBus: LinkState;
}

@Injectable()
export class EventEntrances {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly bus: BusStatus,
  ) {}

  async state(): Promise<EntrancesState> {
    return { deadLettered: await this.deadLetters.lately(), serviceBus: await this.bus.state() };
  }
}
