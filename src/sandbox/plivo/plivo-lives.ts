/** The life of a message accepted by Plivo: by its recipient, a STOP, or the fault plan. */
import type { Sandbox } from '../sandbox.js';
import type { RecordedMessage } from '../message-record.js';
import { plivoCallback, type PlivoStage } from './plivo-callbacks.js';

const UNAVAILABLE = 80;
const UNKNOWN_ERROR = 1_000;
const STOPPED = 200;
/** Plivo could not send at all. */
const FAILS_UNSENT = new Set([200, 420, 900, 910]);
/** The sandbox's own magic recipients: +1 500 555 1NNN ends with error NNN. */
const MAGIC = /^\+15005551(\d{3})$/;

export class PlivoLives {
  constructor(private readonly sandbox: Pick<Sandbox, 'schedule' | 'sender' | 'faults'>) {}

  /** Schedules a message's life and its status callbacks, signed with the token. `stopped`: the person has said STOP. */
  begin(message: RecordedMessage, url: string | undefined, authToken: string, stopped: boolean): void {
    this.sandbox.schedule.plan(
      this.stagesOf(message.to, stopped).map((stage, index) => ({
        happen: () => {
          message.status = stage.status;
          message.errorCode = stage.errorCode;
          message.sentAt ??= new Date();
        },
        tell: (forged) => {
          if (url) this.sandbox.sender.post(plivoCallback(url, authToken, message, stage, index + 1, forged));
        },
      })),
    );
  }

  /** The states after `queued`, in order. */
  private stagesOf(to: string, stopped: boolean): readonly PlivoStage[] {
    if (stopped) return ending(STOPPED);
    const magic = Number(MAGIC.exec(to)?.[1] ?? 0);
    if (magic > 0) return ending(magic);
    const drawn = this.sandbox.faults.nextOutcome(['undelivered', 'failed']);
    if (drawn === 'undelivered') return ending(UNAVAILABLE);
    if (drawn === 'failed') return [{ status: 'failed', errorCode: UNKNOWN_ERROR }];
    return [{ status: 'sent' }, { status: 'delivered' }];
  }
}

const ending = (errorCode: number): readonly PlivoStage[] =>
  FAILS_UNSENT.has(errorCode)
    ? [{ status: 'failed', errorCode }]
    : [{ status: 'sent' }, { status: 'undelivered', errorCode }];
