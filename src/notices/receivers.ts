/** Speaks to many receivers at once, so that one that is slow holds up nobody but itself. */
import type { Schedules } from '../kernel/index.js';

export interface ReceiversOptions {
  /** What shutdowns and logs call it. */
  readonly name: string;
  /** How many receivers one process speaks to at once. */
  readonly atOnce: number;
  /** How long it speaks to one while others wait. */
  readonly turnMs?: number;
  /** Those to which something is due, that which waits for longest first; looked for `again` as soon as there is room for more. */
  readonly due: (again: boolean) => Promise<readonly string[]>;
  /** Delivers some; false if nothing was due, or no more is to be delivered now. */
  readonly deliver: (receiver: string) => Promise<boolean>;
}

export class Receivers {
  private readonly busy = new Set<string>();
  /** There were more than could be spoken to. */
  private areWaiting = false;
  private stopping = false;

  constructor(
    private readonly schedules: Schedules,
    private readonly options: ReceiversOptions,
  ) {}

  /** Begins with each receiver that is not being spoken to, and waits for none. Safe to run concurrently if a delivery is claimed first. */
  begin(): Promise<void> {
    return this.look(false);
  }

  /** Calls under way are made to their end, and no more begun. */
  stop(): void {
    this.stopping = true;
  }

  private async look(again: boolean): Promise<void> {
    const due = await this.options.due(again);
    const receivers = due.filter((receiver) => !this.busy.has(receiver));
    const room = this.options.atOnce - this.busy.size;
    this.areWaiting = receivers.length > room;
    for (const receiver of receivers.slice(0, room)) {
      this.busy.add(receiver);
      this.schedules.leaveRunning(this.options.name, () => this.speakTo(receiver));
    }
  }

  /** Whoever makes the room that others wait for has them looked for, before the next run would. */
  private async speakTo(receiver: string): Promise<void> {
    try {
      const turnEnds = performance.now() + (this.options.turnMs ?? Infinity);
      while (!this.stopping && (await this.options.deliver(receiver)))
        if (this.areWaiting && performance.now() > turnEnds) break;
    } finally {
      this.busy.delete(receiver);
    }
    if (!this.areWaiting || this.stopping || this.busy.size > this.options.atOnce / 2) return;
    this.areWaiting = false;
    await this.look(true);
  }
}
