/** When the events of an accepted message's life happen, and when our service is notified. */
import type { Agenda } from './agenda.js';
import type { Faults } from './faults.js';

export interface Happening {
  /** It happens: the provider's own record changes. */
  readonly happen: () => void;
  /** Our service is notified; once per copy. `forged`: with a wrong signature. */
  readonly tell: (forged: boolean) => void;
}

export class CallbackSchedule {
  constructor(
    private readonly agenda: Agenda,
    private readonly faults: Faults,
  ) {}

  /** Schedules the events of a message's life, in order, each reported as the fault plan allows. */
  plan(life: readonly Happening[]): void {
    const gaps = life.map(() => this.faults.nextCallbackDelay());
    const lifeMs = gaps.reduce((sum, gap) => sum + gap, 0);
    let dueMs = 0;
    life.forEach(({ happen, tell }, index) => {
      dueMs += gaps[index] ?? 0;
      this.agenda.in(dueMs, happen);
      for (const { delayMs, forged } of this.faults.nextCallback(dueMs, lifeMs)) {
        this.agenda.in(delayMs, () => tell(forged));
      }
    });
  }
}
