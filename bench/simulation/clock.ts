/** Simulated time: what is to happen is done in the order of its time, and of its asking where that is the same. */

/** Does something later; it is given what to call then. */
export type Wait = (resume: () => void) => void;
/** Work that takes simulated time: it yields what it waits for. */
export type Process = Generator<Wait, void, void>;

interface Due {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

export class Clock {
  /** Milliseconds since the beginning. */
  now = 0;
  private readonly heap: Due[] = [];
  private asked = 0;

  at(time: number, action: () => void): void {
    this.push({ at: Math.max(time, this.now), order: (this.asked += 1), action });
  }

  sleep(ms: number): Wait {
    return (resume) => this.at(this.now + ms, resume);
  }

  start(process: Process): void {
    const { done, value } = process.next();
    if (!done) value(() => this.start(process));
  }

  /** Until this time, or until nothing is left to happen. */
  run(until: number): void {
    for (let due = this.heap[0]; due && due.at <= until; due = this.heap[0]) {
      this.pop();
      this.now = due.at;
      due.action();
    }
    this.now = Math.max(this.now, until);
  }

  private push(due: Due): void {
    this.heap.push(due);
    for (let place = this.heap.length - 1; place > 0;) {
      const above = (place - 1) >> 1;
      if (!this.swapIfBefore(place, above)) return;
      place = above;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const next = this.isBefore(right, left) ? right : left;
      if (!this.swapIfBefore(next, place)) return;
      place = next;
    }
  }

  private swapIfBefore(one: number, other: number): boolean {
    const [first, second] = [this.heap[one], this.heap[other]];
    if (!first || !second || !this.isBefore(one, other)) return false;
    [this.heap[one], this.heap[other]] = [second, first];
    return true;
  }

  private isBefore(one: number, other: number): boolean {
    const [first, second] = [this.heap[one], this.heap[other]];
    if (!first) return false;
    return !second || first.at < second.at || (first.at === second.at && first.order < second.order);
  }
}
