/** Scheduled jobs: any provider's method, once decorated. */
import { Inject, Injectable, SetMetadata, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Schedules } from './schedules.js';

export interface ScheduledOptions {
  /** The key of its row in the table `schedule`: unique, and stable across releases. */
  readonly name: string;
  readonly everyMs: number;
  /** Also in processes that only answer: what has to run when no worker does. */
  readonly inEveryRole?: true;
  /**
   * SQL without parameters: holds wherever a run would find something to do. Those of all jobs are asked in one statement, so
   * that a service with nothing to do asks little of its database. A run that is left out counts as one.
   */
  readonly when?: string;
}

const SCHEDULED = 'callboard:scheduled';
/** Rarer jobs are checked more often than they are due, so that a process need not live that long to run them. */
const RARE_MS = 60_000;
const LOOKS = 60;

/**
 * The method runs every `everyMs` in processes that work (any role but `api`, unless it runs in every role): once however many they are, and never
 * concurrently with itself in one of them. It must be safe to run twice. Its errors are logged by name, and a shutdown waits
 * for it.
 */
export const Scheduled =
  (options: ScheduledOptions) =>
  (target: object, key: string | symbol, method: TypedPropertyDescriptor<() => Promise<void>>): void => {
    SetMetadata(SCHEDULED, options)(target, key, method);
  };

interface Job extends ScheduledOptions {
  readonly run: () => Promise<void>;
}

@Injectable()
export class ScheduledJobs implements OnApplicationBootstrap {
  /** By how often it is looked whether they are due. */
  private readonly started = new Map<number, Job[]>();

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly registry: SchedulerRegistry,
    private readonly schedules: Schedules,
  ) {}

  /** Raises an Error if two jobs have one name: each would block the other. */
  onApplicationBootstrap(): void {
    const jobs = this.jobs();
    const names = jobs.map(({ name }) => name);
    const twice = names.find((name, place) => names.indexOf(name) !== place);
    if (twice !== undefined) throw new Error(`Two jobs are scheduled as "${twice}": give each a name of its own.`);
    for (const { run, ...options } of jobs) this.every(options, run);
  }

  /** The decorator's function, for jobs known only at start. Raises an Error for a name that is taken. */
  every(options: ScheduledOptions, run: () => Promise<void>): void {
    this.schedules.expect({
      name: options.name,
      everyMs: options.everyMs,
      lookMs: lookMsOf(options),
      when: options.when,
    });
    if (this.config.role !== 'api' || options.inEveryRole) this.start({ ...options, run });
  }

  /** Those that are looked for as often share a timer, and so the claim of what is due. The registry stops the timers with the application. */
  private start(job: Job): void {
    const lookMs = lookMsOf(job);
    const alike = this.started.get(lookMs);
    if (alike) {
      alike.push(job);
      return;
    }
    const jobs = [job];
    this.started.set(lookMs, jobs);
    const earlyMs = lookMs / 10; // a check that is slightly early must not delay the run until the next one
    const look = (): void => {
      for (const { name, everyMs, run } of jobs) void this.schedules.once(name, everyMs - earlyMs, run);
    };
    this.registry.addInterval(`every ${lookMs} ms`, setInterval(look, lookMs));
  }

  private jobs(): Job[] {
    const providers = this.discovery.getProviders().filter((provider) => provider.isDependencyTreeStatic());
    const instances = new Set(providers.map(({ instance }): unknown => instance)); // one may have several tokens
    return [...instances].filter(isInstance).flatMap((instance) =>
      this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((key) => {
        const method = instance[key];
        const options = method && (Reflect.getMetadata(SCHEDULED, method) as ScheduledOptions | undefined);
        return options ? [{ ...options, run: () => method.call(instance) }] : [];
      }),
    );
  }
}

const lookMsOf = ({ everyMs }: Pick<ScheduledOptions, 'everyMs'>): number =>
  everyMs < RARE_MS ? everyMs : everyMs / LOOKS;

type Instance = Record<string, (() => Promise<void>) | undefined>;
const isInstance = (value: unknown): value is Instance =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== null;
