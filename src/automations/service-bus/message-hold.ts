/** A message in hand: its lock is kept for as long as it takes, unless it is lost or to be given back. */
import { codeOf } from './bus-words.js';
import { within } from './within.js';

const LOCK_LOST = 'MessageLockLost';

export class MessageHold {
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private lost = false;
  private released = false;

  /**
   * `renew` rejects with an error of the SDK. Not at the time that the broker says: by a clock a minute ahead the SDK's own renewal
   * (7.9.5) renews hundreds of times a second, and by one behind never; and it is keyed by message id, which two messages may share.
   */
  constructor(
    private readonly renew: () => Promise<unknown>,
    private readonly everyMs: number,
  ) {
    this.arm();
  }

  /** Aborted when there is no sense in waiting with it any longer. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** The message will be delivered again, whatever becomes of it here. */
  lose(): void {
    this.lost = true;
    this.ending.abort();
  }

  /** It is to be given back, if it is not done soon. */
  interrupt(): void {
    this.ending.abort();
  }

  release(): void {
    this.released = true;
    clearTimeout(this.timer);
  }

  private arm(): void {
    if (!this.released && !this.lost) this.timer = setTimeout(() => void this.renewAndArm(), this.everyMs);
  }

  private async renewAndArm(): Promise<void> {
    try {
      await within(this.everyMs, this.renew());
    } catch (error) {
      if (codeOf(error) === LOCK_LOST) this.lose(); // any other says nothing of the lock: it is renewed in a moment, or lost
    }
    this.arm();
  }
}
