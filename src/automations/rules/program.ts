/** A definition as a list of instructions: a run's place in it is a number, and stays right as long as the version does. */
import type { FieldError } from '../../kernel/index.js';
import type { Moment, StaleReason } from '../../host-data/index.js';
import type { Condition } from './conditions.js';
import { InvalidAutomation } from './automations.errors.js';
import type {
  DefinitionBody,
  IfPast,
  QuietHoursBody,
  Recipients,
  ReportBody,
  ReportKind,
  SendBody,
  StepBody,
  UntilBody,
} from './definition.dto.js';

export interface SendInstruction {
  readonly op: 'send';
  readonly path: string;
  readonly send: SendBody;
}

export interface UntilInstruction {
  readonly op: 'until';
  readonly path: string;
  readonly of: Moment;
  readonly offset: string;
  readonly at: string | null;
  readonly within: string;
  readonly ifPast: IfPast;
  /** Where it goes on if the time is past and what follows is left out. */
  readonly past: number;
}

export type Instruction =
  | SendInstruction
  | UntilInstruction
  | { readonly op: 'require'; readonly path: string; readonly conditions: readonly Condition[] }
  | { readonly op: 'wait'; readonly path: string; readonly duration: string }
  | {
      readonly op: 'test';
      readonly path: string;
      readonly conditions: readonly Condition[];
      readonly otherwise: number;
    }
  | {
      readonly op: 'report';
      readonly path: string;
      readonly is: ReportKind;
      readonly within: string;
      readonly otherwise: number;
    }
  | { readonly op: 'jump'; readonly path: string; readonly to: number }
  | { readonly op: 'end'; readonly path: string };

export interface Program {
  readonly trigger: string;
  readonly to: Recipients;
  /** How long somebody on a waiting list has. */
  readonly offerFor: string;
  readonly stopOn: readonly string[];
  readonly allow: readonly StaleReason[];
  readonly quietHours: QuietHoursBody | null;
  readonly instructions: readonly Instruction[];
}

const MOST_INSTRUCTIONS = 200;
const MOST_LEVELS = 6;
const KINDS = ['send', 'wait', 'waitUntil', 'branch', 'report', 'end'] as const;

/** Raises InvalidAutomation, which names every fault. */
export function compileDefinition(definition: DefinitionBody): Program {
  const {
    trigger,
    to = 'customer',
    offerFor = 'PT0S',
    conditions = [],
    stopOn = [],
    allow = [],
    quietHours = null,
    steps,
  } = definition;
  const compiler = new Compiler();
  if ((to === 'waitlist') !== (definition.offerFor !== undefined)) {
    compiler.fault('offerFor', 'is for a waiting list, and needed there');
  }
  if (to === 'waitlist' && quietHours) {
    compiler.fault('quietHours', 'are not for a waiting list: an offer would lapse before anybody hears of it');
  }
  compiler.require(conditions);
  compiler.list(steps, 'steps', 1);
  if (quietHours?.from !== undefined && quietHours.from === quietHours.to) {
    compiler.fault('quietHours', 'begin and end at the same time: leave them out');
  }
  return { trigger, to, offerFor, stopOn, allow, quietHours, instructions: compiler.finished() };
}

class Compiler {
  private readonly instructions: Instruction[] = [];
  private readonly faults: FieldError[] = [];
  private hasSent = false;

  fault(path: string, message: string): void {
    this.faults.push({ path, message });
  }

  finished(): readonly Instruction[] {
    if (this.instructions.length > MOST_INSTRUCTIONS)
      this.fault('steps', `come to more than ${MOST_INSTRUCTIONS} in all`);
    if (this.faults.length > 0)
      throw new InvalidAutomation(this.faults.map(({ path, message }) => ({ path: `definition.${path}`, message })));
    return this.instructions;
  }

  /** What must hold as a run begins. */
  require(conditions: readonly Condition[]): void {
    this.conditions(conditions, 'conditions');
    if (conditions.length > 0) this.add({ op: 'require', path: 'conditions', conditions });
  }

  private conditions(conditions: readonly Condition[], path: string): void {
    for (const [place, { is, value }] of conditions.entries()) {
      const own = `${path}[${place}].value`;
      const isBare = is === 'present' || is === 'absent';
      if (isBare && value !== undefined) this.fault(own, `is not compared by ${is}: leave it out`);
      if (!isBare && value === undefined) this.fault(own, `is missing: what ${is} compares with`);
      if (is === 'one_of' && value !== undefined && !Array.isArray(value)) this.fault(own, 'must be a list for one_of');
      if (is !== 'one_of' && Array.isArray(value)) this.fault(own, 'is a list: that is for one_of');
      if ((is === 'at_least' || is === 'at_most') && typeof value !== 'number')
        this.fault(own, `must be a number for ${is}`);
    }
  }

  list(steps: readonly StepBody[], path: string, level: number): void {
    if (level > MOST_LEVELS) return this.fault(path, `is nested more than ${MOST_LEVELS} levels deep`);
    const starts: number[] = [];
    for (const [place, step] of steps.entries()) {
      starts.push(this.next);
      this.step(step, `${path}[${place}]`, level);
    }
    for (const [place, step] of steps.entries()) {
      const start = starts[place];
      if (step.waitUntil && start !== undefined) this.leadPast(start, nextWait(steps, starts, place) ?? this.next);
    }
  }

  private step(step: StepBody, path: string, level: number): void {
    const given = KINDS.filter((kind) => step[kind] !== undefined);
    if (given.length !== 1) {
      return this.fault(
        path,
        `must do exactly one thing: ${KINDS.join(', ')}${given.length > 1 ? `, not ${given.join(' and ')}` : ''}`,
      );
    }
    if (step.send) this.send(step.send, `${path}.send`);
    if (step.wait !== undefined) this.add({ op: 'wait', path: `${path}.wait`, duration: step.wait });
    if (step.waitUntil) this.until(step.waitUntil, `${path}.waitUntil`);
    if (step.end) this.add({ op: 'end', path: `${path}.end` });
    if (step.branch) {
      const { if: conditions, do: steps, else: otherwise = [] } = step.branch;
      this.conditions(conditions, `${path}.branch.if`);
      const fork = (to: number): Instruction => ({ op: 'test', path: `${path}.branch`, conditions, otherwise: to });
      this.fork(fork, { steps, otherwise }, `${path}.branch`, level);
    }
    if (step.report) this.report(step.report, `${path}.report`, level);
  }

  private send(send: SendBody, path: string): void {
    this.hasSent = true;
    this.add({ op: 'send', path, send });
  }

  private until({ of, offset = 'PT0S', at, ifPast = 'skip', within = 'PT1H' }: UntilBody, path: string): void {
    this.add({ op: 'until', path, of, offset, at: at ?? null, ifPast, within, past: 0 });
  }

  private report(
    { is = 'delivered', within, do: steps = [], else: otherwise = [] }: ReportBody,
    path: string,
    level: number,
  ): void {
    if (!this.hasSent) this.fault(path, 'waits for a message, and none is sent before');
    this.fork((to) => ({ op: 'report', path, is, within, otherwise: to }), { steps, otherwise }, path, level);
  }

  private fork(
    instruction: (otherwise: number) => Instruction,
    { steps, otherwise }: { readonly steps: readonly StepBody[]; readonly otherwise: readonly StepBody[] },
    path: string,
    level: number,
  ): void {
    const place = this.add(instruction(0));
    this.list(steps, `${path}.do`, level + 1);
    const jump = this.add({ op: 'jump', path, to: 0 });
    this.instructions[place] = instruction(this.next);
    this.list(otherwise, `${path}.else`, level + 1);
    this.instructions[jump] = { op: 'jump', path, to: this.next };
  }

  private leadPast(place: number, past: number): void {
    const instruction = this.instructions[place];
    if (instruction?.op === 'until') this.instructions[place] = { ...instruction, past };
  }

  private add(instruction: Instruction): number {
    return this.instructions.push(instruction) - 1;
  }

  private get next(): number {
    return this.instructions.length;
  }
}

/** Where the next wait of the same list begins. */
function nextWait(steps: readonly StepBody[], starts: readonly number[], after: number): number | undefined {
  const next = steps.findIndex(
    ({ wait, waitUntil }, place) => place > after && (wait !== undefined || waitUntil !== undefined),
  );
  return next === -1 ? undefined : starts[next];
}
