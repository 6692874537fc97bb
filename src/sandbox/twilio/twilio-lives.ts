/** The life of a message accepted by Twilio: by its recipient, WhatsApp's window, or the fault plan. */
import type { CallbackSchedule } from '../callback-schedule.js';
import type { CallbackSender } from '../callback-sender.js';
import type { Faults } from '../faults.js';
import type { RecordedMessage } from '../message-record.js';
import type { TwilioContents } from './twilio-contents.js';
import { statusCallback, type Stage } from './twilio-callbacks.js';
import type { TwilioSend } from './twilio-request.js';

const OUTSIDE_WINDOW = 63016;
const UNREACHABLE = 30003;
const UNKNOWN_ERROR = 30008;
/** Twilio could not send at all: queue overflow, account suspended. */
const FAILS_UNSENT = new Set([30001, 30002]);
/** The sandbox's own magic recipients: +1 500 555 01NN ends with error 300NN, on WhatsApp +1 500 555 06NN with 630NN. */
const MAGIC = /^\+150055501(\d\d)$/;
const MAGIC_ON_WHATSAPP = /^\+150055506(\d\d)$/;

export class TwilioLives {
  constructor(
    private readonly schedule: CallbackSchedule,
    private readonly sender: CallbackSender,
    private readonly faults: Faults,
    private readonly contents: TwilioContents,
  ) {}

  /** Schedules a message's life and its status callbacks, signed with the token. `windowOpen`: WhatsApp free text is allowed. */
  begin(message: RecordedMessage, send: TwilioSend, authToken: string, windowOpen: boolean): void {
    const { statusCallback: url } = send;
    const stages = this.stagesOf(send, windowOpen);
    this.schedule.plan(
      stages.map((stage) => ({
        happen: () => reach(message, stage),
        tell: (forged) => {
          if (url) this.sender.post(statusCallback(url, authToken, message, stage, forged));
        },
      })),
    );
  }

  /** The statuses after `queued`, in order. */
  private stagesOf(send: TwilioSend, windowOpen: boolean): readonly Stage[] {
    const magic = MAGIC.exec(send.to)?.[1];
    const fault = magic === undefined ? undefined : 30_000 + Number(magic);
    if (fault !== undefined && (send.channel === 'mms' || !OF_PICTURES.has(fault))) return ending(fault);
    const declined = send.channel === 'whatsapp' ? MAGIC_ON_WHATSAPP.exec(send.to)?.[1] : undefined;
    if (declined !== undefined) return ending(63_000 + Number(declined));
    const unapproved = send.channel === 'whatsapp' ? this.contents.errorOf(send.contentSid) : undefined;
    if (unapproved !== undefined) return [failed(unapproved)];
    if (send.channel === 'whatsapp' && !send.contentSid && !windowOpen) return [failed(OUTSIDE_WINDOW)];
    const drawn = this.faults.nextOutcome(['undelivered', 'failed']);
    if (drawn === 'undelivered') return ending(UNREACHABLE);
    if (drawn === 'failed') return [failed(UNKNOWN_ERROR)];
    const delivered = [{ status: 'sent' }, { status: 'delivered' }];
    return send.channel === 'whatsapp' ? [...delivered, { status: 'read' }] : delivered;
  }
}

/** A text arrives where its picture would not. */
const OF_PICTURES: ReadonlySet<number> = new Set([30_011, 30_019]);

function reach(message: RecordedMessage, { status, errorCode }: Stage): void {
  message.status = status;
  message.errorCode = errorCode;
  message.sentAt ??= new Date();
}

const failed = (errorCode: number): Stage => ({ status: 'failed', errorCode });

const ending = (errorCode: number): readonly Stage[] =>
  FAILS_UNSENT.has(errorCode) ? [failed(errorCode)] : [{ status: 'sent' }, { status: 'undelivered', errorCode }];
