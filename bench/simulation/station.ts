/** Processors, or connections, that many share: each piece of work has one until it is done, in the order of asking. */
import type { Clock, Process, Wait } from './clock.js';

export class Station {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;
  private busy = 0;

  constructor(
    private readonly clock: Clock,
    private readonly processors: number,
  ) {}

  /** Takes so many milliseconds of one; is told when it has it. */
  *use(ms: number, begun?: () => void): Process {
    if (this.taken >= this.processors) yield this.turn();
    else this.taken += 1;
    begun?.();
    this.busy += ms;
    yield this.clock.sleep(ms);
    const next = this.waiting.shift();
    if (next) next();
    else this.taken -= 1;
  }

  /** The share of all processors' time that was used so far. */
  get load(): number {
    return this.busy / (this.processors * Math.max(this.clock.now, 1));
  }

  private turn(): Wait {
    return (resume) => void this.waiting.push(resume);
  }
}
