/** Shared by all simulators: the record, the faults, and the callbacks. */
import { Agenda } from './agenda.js';
import { CallbackSchedule } from './callback-schedule.js';
import { CallbackSender } from './callback-sender.js';
import { Faults } from './faults.js';
import { MessageRecord } from './message-record.js';
import { PeopleMedia } from './people-media.js';
import type { SandboxOptions } from './sandbox.options.js';
import { Wire, type FaultAnswers } from './wire.js';

const CALLBACK_DELAY_MS = 50;
const RECORD_LIMIT = 200_000;

export class Sandbox {
  readonly record: MessageRecord;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly agenda = new Agenda();
  readonly peopleMedia = new PeopleMedia();
  readonly sender = new CallbackSender(this.agenda);
  readonly schedule: CallbackSchedule;

  constructor(
    readonly options: SandboxOptions,
    faultAnswers: FaultAnswers,
  ) {
    this.record = new MessageRecord(options.recordLimit ?? RECORD_LIMIT);
    this.faults = new Faults(options.callbackDelayMs ?? CALLBACK_DELAY_MS);
    this.wire = new Wire(this.faults, faultAnswers);
    this.schedule = new CallbackSchedule(this.agenda, this.faults);
  }

  /** Events and callbacks that are still to come. */
  get pending(): number {
    return this.agenda.size + this.sender.unfinished;
  }

  /** Called by Nest on shutdown: stops all callbacks and closes every connection. */
  async onModuleDestroy(): Promise<void> {
    this.agenda.close();
    this.wire.close();
    await this.sender.close();
  }
}
