/**
 * Lanes that are drained by workers, in simulated time: with the sizes, rates and leases of the service itself. Left out are circuit
 * breakers, retries and the network. The same scenario has the same result each time.
 */
import { budgetAt, LOOK_AGAIN_MS, roomOf, TURN_MS, waitFor } from '../../src/dispatch/index.js';
import { Chance } from './chance.js';
import { Clock, type Process, type Wait } from './clock.js';
import { Lane, sizeOf, type Batch } from './lane.js';
import type { BatchCost, Result, Scenario } from './model.js';
import { Station } from './station.js';

/** From an accepted ticket to the drain that it wakes. */
const WAKE_MS = 5;
/** Lanes drained at once in one worker. */
const DRAINS = 50;
/** While tickets come, a worker rests as long as a full batch took, and no longer than this; this lasts a second after each. */
const LONGEST_REST_MS = 50;
const PRIORITY_MS = 1_000;

interface Worker {
  readonly processor: Station;
  readonly connections: Station;
  readonly lanes: Set<Lane>;
  priorityUntil: number;
  alive: boolean;
}

/** Plays it to its end. */
export function simulate(scenario: Scenario): Result {
  return new Simulation(scenario).play();
}

class Simulation {
  private readonly clock = new Clock();
  private readonly chance: Chance;
  private readonly database: Station;
  private readonly workers: readonly Worker[];
  private readonly lanes: readonly Lane[];
  private readonly woken: Lane[] = [];

  constructor(private readonly scenario: Scenario) {
    this.chance = new Chance(scenario.seed);
    this.database = new Station(this.clock, scenario.databaseCores);
    this.lanes = scenario.lanes.map((model) => new Lane(model));
    this.workers = Array.from({ length: scenario.workers }, () => ({
      processor: new Station(this.clock, 1),
      connections: new Station(this.clock, scenario.connections),
      lanes: new Set<Lane>(),
      priorityUntil: 0,
      alive: true,
    }));
  }

  play(): Result {
    const { seconds, killAt } = this.scenario;
    for (const lane of this.lanes) {
      if (lane.hasWork) this.wake(lane);
      if (lane.model.tickets) this.clock.start(this.arrivals(lane, lane.model.tickets));
    }
    if (killAt !== undefined) this.clock.at(killAt * 1_000, () => this.kill());
    this.clock.run(seconds * 1_000);
    const lanes = this.lanes.map((lane) => lane.result(seconds));
    return {
      lanes,
      perSecond: lanes.reduce((sum, { perSecond }) => sum + perSecond, 0),
      workerLoad: Math.max(...this.workers.map(({ processor }) => processor.load)),
      databaseLoad: this.database.load,
    };
  }

  private *arrivals(lane: Lane, perSecond: number): Process {
    for (;;) {
      yield this.clock.sleep(this.chance.pause(perSecond));
      lane.arrive(this.clock.now);
      this.wake(lane);
    }
  }

  private wake(lane: Lane): void {
    this.clock.at(this.clock.now + WAKE_MS, () => this.begin(lane));
  }

  /** Any worker with room takes it; with none it waits for one. */
  private begin(lane: Lane): void {
    if (lane.leaseUntil > this.clock.now || !lane.hasWork) return;
    const free = this.workers.filter(({ alive, lanes }) => alive && lanes.size < DRAINS);
    const worker = free[Math.floor(this.chance.next() * free.length)];
    if (!worker) return void (this.woken.includes(lane) || this.woken.push(lane));
    lane.lease(this.clock.now);
    worker.lanes.add(lane);
    this.clock.start(this.drain(lane, worker));
  }

  private *drain(lane: Lane, worker: Worker): Process {
    const until = this.clock.now + TURN_MS;
    for (let more = true; more && this.clock.now < until;) {
      const wait = waitFor(this.clock.now, lane.freeAt, lane.model.rate);
      if (wait > 0) yield this.clock.sleep(wait);
      const { limit, size } = roomOf(lane.most, lane.burst, worker.priorityUntil > this.clock.now);
      while (worker.alive && lane.batches.size > 0 && lane.underWay + size > limit) yield lane.change();
      if (!worker.alive) return;
      const batch = lane.take(Math.min(size, budgetAt(this.clock.now, lane.freeAt, lane.model.rate)));
      more = yield* this.claimed(lane, worker, batch, size);
    }
    while (worker.alive && lane.batches.size > 0) yield lane.change();
    if (worker.alive) this.release(lane, worker);
  }

  /** False if nothing waits and nothing is under way. */
  private *claimed(lane: Lane, worker: Worker, batch: Batch, size: number): Generator<Wait, boolean, void> {
    const count = sizeOf(batch);
    if (count > 0) lane.batches.add(batch);
    yield* this.database.use(costOf(this.scenario.costs.claim, count));
    if (!worker.alive) return false;
    lane.lease(this.clock.now);
    if (count === 0) {
      if (lane.batches.size > 0) yield this.changeWithin(lane, LOOK_AGAIN_MS);
      return worker.alive && (lane.batches.size > 0 || lane.hasWork);
    }
    lane.freeAt = Math.max(lane.freeAt, this.clock.now) + (count / lane.model.rate) * 1_000;
    if (batch.tickets.length > 0 && batch.tickets.length < size) worker.priorityUntil = this.clock.now + PRIORITY_MS;
    this.clock.start(this.send(lane, worker, batch));
    const rest = Math.min(LONGEST_REST_MS, costOf(this.scenario.costs.worker, count));
    if (count === size && worker.priorityUntil > this.clock.now) yield this.clock.sleep(rest);
    return worker.alive;
  }

  private *send(lane: Lane, worker: Worker, batch: Batch): Process {
    const { costs } = this.scenario;
    const { perCall, latency } = lane.model;
    const count = sizeOf(batch);
    yield* this.database.use(costOf(costs.begin, count));
    yield* worker.processor.use(costOf(costs.worker, count));
    if (!worker.alive) return;
    batch.called = true;
    yield this.all(Math.ceil(count / perCall), (place) =>
      worker.connections.use(this.chance.duration(latency), () => lane.call(batch, place, this.clock.now)),
    );
    if (!worker.alive) return;
    yield* this.database.use(costOf(costs.record, count));
    if (!worker.alive) return;
    lane.recorded(batch, this.clock.now);
    yield* this.database.use((costs.afterwards * count) / 1_000);
  }

  private release(lane: Lane, worker: Worker): void {
    lane.leaseUntil = 0;
    worker.lanes.delete(lane);
    if (lane.hasWork) this.wake(lane);
    const next = this.woken.shift();
    if (next) this.begin(next);
  }

  /** The first worker, at once: others may have its lanes when their leases are over. */
  private kill(): void {
    const [worker] = this.workers;
    if (!worker) return;
    worker.alive = false;
    for (const lane of worker.lanes)
      this.clock.at(lane.leaseUntil, () => {
        lane.abandon();
        this.wake(lane);
      });
  }

  /** Resolves when so many have ended, which begin together. */
  private all(count: number, make: (place: number) => Process): Wait {
    return (resume) => {
      let left = count;
      const one = function* (place: number): Process {
        yield* make(place);
        if ((left -= 1) === 0) resume();
      };
      for (let place = 0; place < count; place += 1) this.clock.start(one(place));
    };
  }

  private changeWithin(lane: Lane, ms: number): Wait {
    return (resume) => {
      let isOver = false;
      const once = (): void => {
        if (!isOver) resume();
        isOver = true;
      };
      this.clock.at(this.clock.now + ms, once);
      lane.change()(once);
    };
  }
}

const costOf = ({ batch, message }: BatchCost, count: number): number => (batch + message * count) / 1_000;
