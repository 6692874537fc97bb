/** How old a standby's data may be, from positions in the log of its primary: pure. Times are milliseconds of one clock. */

interface Mark {
  readonly at: number;
  readonly position: bigint;
}

/**
 * A mark is a moment, and how far the primary's log had been written then. A standby that has replayed as far has whatever was committed
 * by that moment. Neither the clocks of the servers matter, nor whether anything is written.
 */
export class ReplayMarks {
  private marks: Mark[] = [];
  private reachedAt = Number.NEGATIVE_INFINITY;

  /** Marks older than `horizonMs` are of no use. */
  constructor(private readonly horizonMs: number) {}

  /** The primary was asked at this moment, and had written so far. A log that goes back is of another primary. */
  note(at: number, position: bigint): void {
    const last = this.marks.at(-1);
    if (last && position < last.position) this.forget();
    this.marks = [...this.marks.filter((mark) => at - mark.at <= this.horizonMs), { at, position }];
  }

  /** The standby has replayed so far. */
  reach(position: bigint): void {
    const reached = this.marks.filter((mark) => mark.position <= position);
    this.reachedAt = Math.max(this.reachedAt, reached.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
    this.marks = this.marks.slice(reached.length);
  }

  /** Nothing is known of the standby any more. */
  forget(): void {
    this.marks = [];
    this.reachedAt = Number.NEGATIVE_INFINITY;
  }

  /** What the standby answers now lacks nothing that is older than this; infinite if nothing is known. */
  staleness(now: number): number {
    return now - this.reachedAt;
  }
}
