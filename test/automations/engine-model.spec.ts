/** The engine against a model that reads the definition step by step, in its own words and without a program. */
import fc from 'fast-check';
import { compileDefinition } from '../../src/automations/rules/program.js';
import type { DefinitionBody, StepBody } from '../../src/automations/rules/definition.dto.js';
import { nextMove, type Position, type Sight } from '../../src/automations/runs/engine.rules.js';

const MINUTE = 60_000;
const ZERO = Date.UTC(2027, 0, 1);

/** Minutes from the beginning: the event begins at `startsAt`, as everybody believes from `from` on. */
interface Belief {
  readonly from: number;
  readonly startsAt: number;
}
interface World {
  readonly beliefs: readonly Belief[];
  readonly flags: Readonly<Record<string, boolean>>;
}
interface Sent {
  readonly template: string;
  readonly at: number;
}

const beliefAt = ({ beliefs }: World, minute: number): number =>
  beliefs.findLast(({ from }) => from <= minute)?.startsAt ?? beliefs[0]?.startsAt ?? 0;
const nextChange = ({ beliefs }: World, minute: number): number =>
  beliefs.find(({ from }) => from > minute)?.from ?? Number.POSITIVE_INFINITY;

class Ended extends Error {}

const minutesIn = (duration: string): number =>
  Number(/(\d+)M/.exec(duration)?.[1]) * (duration.startsWith('-') ? -1 : 1);
const isWait = ({ wait, waitUntil }: StepBody): boolean => (wait ?? waitUntil) !== undefined;

/** What the words of the definition say. */
class Model {
  readonly sent: Sent[] = [];
  private now = 0;

  constructor(private readonly world: World) {}

  /** `given`: for so many minutes yet nothing is meant for after the event; undefined if it may be. */
  list(steps: readonly StepBody[], given: number | undefined): void {
    let ahead = given;
    for (let place = 0; place < steps.length; place += 1) {
      const step = steps[place] ?? {};
      if (step.send) this.send(step.send.templates[0] ?? '', ahead !== undefined);
      if (step.wait !== undefined) {
        this.now += minutesIn(step.wait);
        ahead = ahead !== undefined && ahead > minutesIn(step.wait) ? ahead - minutesIn(step.wait) : undefined;
      }
      if (step.end) throw new Ended();
      if (step.branch) this.list(this.chosen(step.branch), ahead);
      if (!step.waitUntil) continue;
      const { offset = '' } = step.waitUntil;
      ahead = offset.startsWith('-') ? -minutesIn(offset) : undefined;
      if (this.until(step.waitUntil)) continue;
      const next = steps.findIndex((other, at) => at > place && isWait(other));
      if (next === -1) return;
      place = next - 1;
    }
  }

  private send(template: string, limited: boolean): void {
    if (!limited || beliefAt(this.world, this.now) > this.now) this.sent.push({ template, at: this.now });
  }

  private chosen({ if: [condition], do: steps, else: otherwise = [] }: NonNullable<StepBody['branch']>): StepBody[] {
    return this.world.flags[condition?.field.replace('data.', '') ?? ''] === true ? steps : otherwise;
  }

  /** False if what follows is left out. */
  private until({ offset = 'PT0M', ifPast, within = '' }: NonNullable<StepBody['waitUntil']>): boolean {
    const target = (): number => beliefAt(this.world, this.now) + minutesIn(offset);
    while (target() > this.now) this.now = Math.min(target(), nextChange(this.world, this.now));
    if (this.now - target() <= minutesIn(within) || ifPast === 'continue') return true;
    if (ifPast === 'stop') throw new Ended();
    return false;
  }
}

function byModel({ steps }: DefinitionBody, world: World): Sent[] {
  const model = new Model(world);
  try {
    model.list(steps, undefined);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return model.sent;
}

/** What the engine does, looked at when it is due and whenever the event changes. */
function byEngine(definition: DefinitionBody, world: World): Sent[] {
  const program = compileDefinition(definition);
  const sent: Sent[] = [];
  let position: Position = { place: 0, waitingSince: null };
  let now = 0;
  for (;;) {
    const startsAt = new Date(ZERO + beliefAt(world, now) * MINUTE);
    const sight: Sight = {
      now: new Date(ZERO + now * MINUTE),
      facts: { data: world.flags },
      moments: { 'event.startsAt': startsAt },
      eventZone: 'UTC',
      recipientZone: 'UTC',
      report: 'open',
    };
    const move = nextMove(program, position, sight);
    if (move.kind === 'end') return sent;
    if (move.kind === 'wait') {
      position = JSON.parse(JSON.stringify(move.position), revived) as Position;
      now = Math.min((move.until.getTime() - ZERO) / MINUTE, nextChange(world, now));
    } else {
      if (move.kind === 'send') sent.push({ template: move.instruction.send.templates[0] ?? '', at: now });
      position = move.next;
    }
  }
}
/** A run is written down between two looks. */
const revived = (key: string, value: unknown): unknown =>
  key === 'waitingSince' && typeof value === 'string' ? new Date(value) : value;

const minutes = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most });
const steps = (depth: number): fc.Arbitrary<StepBody[]> => {
  const leaves: fc.Arbitrary<StepBody>[] = [
    fc.constantFrom('a', 'b', 'c', 'd').map((key) => ({ send: { templates: [key] } })),
    minutes(200).map((length) => ({ wait: `PT${length}M` })),
    fc
      .record({
        length: minutes(300),
        isBefore: fc.boolean(),
        ifPast: fc.constantFrom('skip', 'continue', 'stop'),
        within: minutes(90),
      })
      .map(({ length, isBefore, ifPast, within }) => ({
        waitUntil: {
          of: 'event.startsAt',
          offset: `${isBefore ? '-' : ''}PT${length}M`,
          ifPast,
          within: `PT${within}M`,
        },
      })) as fc.Arbitrary<StepBody>,
    fc.constant({ end: 'stop' }),
  ];
  const weighted = leaves.map((arbitrary, place) => ({ arbitrary, weight: place === 3 ? 1 : 5 }));
  if (depth === 0) return fc.array(fc.oneof(...weighted), { maxLength: 5 });
  const branch = fc
    .record({
      flag: fc.constantFrom('vip', 'new'),
      yes: steps(depth - 1),
      no: fc.option(steps(depth - 1), { nil: undefined }),
    })
    .map(({ flag, yes, no }) => ({
      branch: { if: [{ field: `data.${flag}`, is: 'equal', value: true }], do: yes, else: no },
    }));
  return fc.array(fc.oneof(...weighted, { arbitrary: branch as fc.Arbitrary<StepBody>, weight: 4 }), { maxLength: 6 });
};
const world: fc.Arbitrary<World> = fc.record({
  beliefs: fc
    .array(fc.record({ from: minutes(800), startsAt: minutes(1_000) }), { minLength: 1, maxLength: 5 })
    .map((beliefs) =>
      beliefs
        .toSorted((one, other) => one.from - other.from)
        .map((each, place) => (place === 0 ? { ...each, from: 0 } : each)),
    )
    .filter((beliefs) => new Set(beliefs.map(({ from }) => from)).size === beliefs.length),
  flags: fc.record({ vip: fc.boolean(), new: fc.boolean() }),
});

test('Any rule, while its event is moved about, sends what its words say, when they say so', () => {
  fc.assert(
    fc.property(steps(2), world, (given, around) => {
      const definition = { trigger: 'x', steps: given } as DefinitionBody;
      expect(byEngine(definition, around)).toEqual(byModel(definition, around));
    }),
    { numRuns: 3_000 },
  );
});
