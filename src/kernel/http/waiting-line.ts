/** Requests of one kind: so many are in work at once, the others stand in line for a short while, and are told to come later after that. */
import { Overloaded } from './edge.errors.js';

export interface LineLimits {
  /** In work at once. */
  readonly inWork: number;
  /** In line at once; of one owner, half of them. */
  readonly inLine: number;
  /** How long one stands in line at most, in milliseconds. */
  readonly patienceMs: number;
}

interface Waiting {
  readonly enter: () => void;
}

/**
 * First come, first served among the requests of one owner; owners take turns, so that one who sends without pause delays itself and nobody else. The
 * time in line is what is measured: however slow the database is, nobody stands longer.
 */
export class WaitingLine {
  private readonly waiting = new Map<string, Waiting[]>();
  private taken = 0;
  private standing = 0;

  constructor(private readonly limits: LineLimits) {}

  get inWork(): number {
    return this.taken;
  }

  get inLine(): number {
    return this.standing;
  }

  /** Whether one may begin at once; then it is in work. */
  tryEnter(): boolean {
    if (this.taken >= this.limits.inWork) return false;
    this.taken += 1;
    return true;
  }

  /** Resolves when it is the caller's turn, which `leave` ends. Raises Overloaded when the line is full, or the turn does not come in time. */
  enter(owner: string): Promise<void> {
    if (this.tryEnter()) return Promise.resolve();
    const { inLine, patienceMs } = this.limits;
    const own = this.waiting.get(owner) ?? [];
    if (this.standing >= inLine || own.length >= Math.ceil(inLine / 2)) return Promise.reject(new Overloaded());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.remove(owner, one);
        reject(new Overloaded());
      }, patienceMs);
      const one: Waiting = {
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      own.push(one);
      this.waiting.set(owner, own);
      this.standing += 1;
    });
  }

  /** The turn of one that entered has ended. */
  leave(): void {
    const [next] = this.waiting;
    const [owner, [first] = []] = next ?? [];
    if (owner === undefined || !first) {
      this.taken -= 1;
      return;
    }
    this.remove(owner, first);
    first.enter();
  }

  /** The owner, if more of its requests stand in line, is last to be asked again. */
  private remove(owner: string, one: Waiting): void {
    const left = (this.waiting.get(owner) ?? []).filter((other) => other !== one);
    this.waiting.delete(owner);
    if (left.length > 0) this.waiting.set(owner, left);
    this.standing -= 1;
  }
}
