/** Reports events and runs that wait for us to operators: at /metrics, and as a reason for `degraded` at /health/ready. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, HealthChecks, Metrics } from '../kernel/index.js';

/** Workers look every second: after so long, none does, or something keeps them. */
const LATE_SECONDS = 300;

interface Lateness {
  /** Seconds since the oldest event came that nobody has taken up. */
  readonly events: number;
  /** Seconds since the run was due that is due for longest. */
  readonly runs: number;
  /** Runs that are tried again, since their step has failed. */
  readonly failing: number;
}

@Injectable()
export class AutomationsHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('automations', false, () => this.expectPunctual());
    const gauge = (name: string, help: string, of: (late: Lateness) => number): void =>
      this.metrics.gauge({ name, help }, async () => [{ value: of(await this.lateness()) }]);
    gauge(
      'callboard.oldest_event_seconds',
      'Age of the oldest event that has not been taken up',
      ({ events }) => events,
    );
    gauge(
      'callboard.run_lateness_seconds',
      'How long the longest due run of an automation has been due',
      ({ runs }) => runs,
    );
    gauge(
      'callboard.failing_runs',
      'Runs of automations whose step has failed and is tried again',
      ({ failing }) => failing,
    );
  }

  private async expectPunctual(): Promise<void> {
    const { events, runs } = await this.lateness();
    const late = [
      ...(events > LATE_SECONDS ? [`an event waits for ${Math.round(events)} s`] : []),
      ...(runs > LATE_SECONDS ? [`a run is due for ${Math.round(runs)} s`] : []),
    ];
    if (late.length > 0) throw new Error(late.join(', '));
  }

  /** By indexes, however many wait. */
  private async lateness(): Promise<Lateness> {
    const [late] = await this.database.query<Lateness>(
      `select
         coalesce(extract(epoch from now() - (
           select received_at from pending_event order by seq limit 1)), 0)::float8 as events,
         coalesce(greatest(0, extract(epoch from now() - (
           select due_at from automation_run where due_at <= now() order by due_at limit 1))), 0)::float8 as runs,
         (select count(*)::int from automation_run where attempts > 0) as failing`,
    );
    return late ?? { events: 0, runs: 0, failing: 0 };
  }
}
