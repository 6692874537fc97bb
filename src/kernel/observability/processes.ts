/** The processes of a deployment: each writes down that it lives, so that one that ended without a stop is missed. */
import { hostname } from 'node:os';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type BeforeApplicationShutdown,
} from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Role } from '../config/config.js';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { errorLine } from '../postgres/error-line.js';
import { Database } from '../postgres/database.js';
import { Scheduled } from '../queue/scheduled.js';
import { VERSION } from '../version.js';
import { Metrics } from './metrics.js';

const EVERY_MS = 10_000;
/** Two beats may be missed, by a process that is busy or a database that is away. */
const LOST_AFTER_S = 30;
/** For how long operators are told of a lost process: its row is then of no use. */
const TOLD_FOR_S = 600;
/** Those that send. */
const WORKERS = ['all', 'worker'] as const satisfies Role[];

export interface RunningProcess {
  readonly role: Role;
  /** The machine's name, and the id of the process on it. */
  readonly name: string;
  readonly version: string;
  /** PostgreSQL text, as all times of it. */
  readonly startedAt: string;
  readonly seenAt: string;
  /** It has said nothing for half a minute, and has not stopped either. */
  readonly isLost: boolean;
}

/** By the role of the processes that send. */
export interface WorkerCount {
  readonly role: Role;
  readonly living: number;
  /** Within the last ten minutes. */
  readonly lost: number;
}

@Injectable()
export class Processes implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Processes.name);
  private readonly id = uuidv7();
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    metrics.gauge(
      { name: 'callboard.workers', help: 'Processes that send, and have said so lately', labels: { role: WORKERS } },
      async () => (await this.workers()).map(({ role, living }) => ({ labels: { role }, value: living })),
    );
    metrics.gauge(
      {
        name: 'callboard.lost_workers',
        help: `Processes that ended without a stop within the last ${TOLD_FOR_S} seconds`,
        labels: { role: WORKERS },
      },
      async () => (await this.workers()).map(({ role, lost }) => ({ labels: { role }, value: lost })),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    this.timer = setInterval(() => void this.beat(), EVERY_MS);
    await this.beat();
  }

  /** Drains and jobs are done by now: Nest asks the kernel last. After this the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    await this.guarded(() => this.database.query(`delete from process where id = $1`, [this.id]));
  }

  /** Those that run, and those that were lost within the last ten minutes, oldest first. */
  list(): Promise<RunningProcess[]> {
    return this.database.query<RunningProcess>(
      `select role, name, version, started_at as "startedAt", seen_at as "seenAt",
         seen_at < clock_timestamp() - make_interval(secs => $1) as "isLost"
       from process where seen_at > clock_timestamp() - make_interval(secs => $2) order by started_at, id`,
      [LOST_AFTER_S, LOST_AFTER_S + TOLD_FOR_S],
    );
  }

  /** One for each role. */
  async workers(): Promise<WorkerCount[]> {
    const processes = await this.list();
    return WORKERS.map((role) => {
      const those = processes.filter((process) => process.role === role);
      const lost = those.filter(({ isLost }) => isLost).length;
      return { role, living: those.length - lost, lost };
    });
  }

  /** Those of whom operators were told for long enough. */
  @Scheduled({ name: 'purge-processes', everyMs: 60_000 })
  async purge(): Promise<void> {
    await this.database.query(`delete from process where seen_at < clock_timestamp() - make_interval(secs => $1)`, [
      LOST_AFTER_S + TOLD_FOR_S,
    ]);
  }

  /** One at a time: a database that is away must not have them pile up. */
  private async beat(): Promise<void> {
    this.beating ??= this.guarded(() => this.write()).finally(() => (this.beating = undefined));
    await this.beating;
  }

  private write(): Promise<unknown> {
    return this.database.query(
      `insert into process (id, role, name, version) values ($1, $2, $3, $4)
       on conflict (id) do update set seen_at = clock_timestamp()`,
      [this.id, this.config.role, `${hostname()}:${process.pid}`, VERSION],
    );
  }

  /** A beat that is missed shows by itself. */
  private async guarded(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.debug(`The process was not written down: ${errorLine(error)}`);
    }
  }
}
