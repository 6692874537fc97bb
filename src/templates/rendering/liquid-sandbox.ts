/** Where we are stricter than liquidjs: missing values, and what a rendering may use. */
import {
  CaptureTag,
  Context,
  toValue,
  toValueSync,
  type Emitter,
  type FilterImplOptions,
  type Liquid,
  type Scope,
} from 'liquidjs';
import type { Allowance } from './allowance.js';
import { requireFinite, toText } from './printing.js';

/**
 * Recognised by liquidjs by its name. A single instance: the stack trace of a new one would cost more than everything else done
 * for a variable.
 */
const ABSENT = Object.assign(new Error('absent'), { name: 'InternalUndefinedVariableError' });

/**
 * The engine's options for renderings. `lenientIf` is set here and not on the engine because `assign` asks the engine and
 * everything else the context: so `assign` stays strict, and no missing value slips through under a second name.
 */
export function contextOptions(engine: Liquid): Liquid['options'] {
  return { ...engine.options, lenientIf: true, catchAllErrors: true };
}

/**
 * The scope of one rendering. A variable must be present wherever its value is used; it may be missing where it is only tested
 * (`if`, `unless`, `case`) or has a `default`. JSON null counts as missing, or it would print as nothing.
 */
export class StrictContext extends Context {
  readonly now: Date | undefined;

  /**
   * `options` are those of `contextOptions`, created once because there are many of them; `now` is the time that `'now'` stands
   * for, the present one if undefined; `allowance`, what it may take.
   */
  constructor(
    engine: Liquid,
    options: Liquid['options'],
    data: Readonly<Record<string, unknown>>,
    { allowance: { made, check }, now }: { readonly allowance: Allowance; readonly now?: Date | undefined },
  ) {
    super({ ...data }, options, { sync: true, memoryLimit: made }, { liquid: engine }); // `increment` writes into the scope: hence a copy
    this.now = now;
    this.renderLimit.check = check;
  }

  override *_getFromScope(
    scope: unknown,
    steps: Parameters<Context['_getFromScope']>[1],
    strict: boolean = this.strictVariables,
  ): Generator<unknown, unknown, unknown> {
    checkTime(this);
    let value = scope;
    for (const step of typeof steps === 'string' ? steps.split('.') : steps) {
      value = isSizeOfObject(value, step) ? undefined : ((yield this.readProperty(value, step)) ?? undefined);
      if (strict && value === undefined) throw ABSENT;
    }
    return value;
  }

  /** An index into a text gives a whole character, never half of one. */
  override readProperty(value: unknown, step: Step): unknown {
    const at = typeof value === 'string' ? indexOf(step) : undefined;
    return typeof value === 'string' && at !== undefined
      ? characterAt(value, at)
      : (super.readProperty(value as Scope, step) as unknown);
  }

  /** Used by `where`, `find` and similar to read a property of each item; not every item needs it. */
  override spawn(item: object = {}): Context {
    const context = super.spawn(item);
    context.strictVariables = false;
    return context;
  }
}

type Step = Parameters<Context['readProperty']>[1];

/** `[0]` and `["0"]` are the same property. */
function indexOf(step: Step): number | undefined {
  const key: unknown = toValue(step);
  return (typeof key === 'number' || typeof key === 'string') && /^(?:0|[1-9]\d*)$/.test(`${key}`)
    ? Number(key)
    : undefined;
}

/** Looks at no more of a long text than the characters before it may take. */
const characterAt = (text: string, at: number): string | undefined => Array.from(text.slice(0, 2 * (at + 1)))[at];

/** liquidjs would count the fields of an object without its own `size`, where a template means a missing field. */
function isSizeOfObject(value: unknown, step: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return step === 'size' && isObject && !Object.hasOwn(value, 'size');
}

/** Collects output and charges it to the memory limit, which liquidjs does only for filters. */
export class MeteredOutput implements Emitter {
  buffer = '';

  constructor(private readonly context: Context) {}

  write(value: unknown): void {
    const text = toText(value);
    this.context.memoryLimit.use(text.length);
    this.buffer += text;
  }
}

export class MeteredCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const output = new MeteredOutput(context);
    yield this.liquid.renderer.renderTemplates(this.templates, context, output);
    context.bottom()[this.variable] = output.buffer;
  }
}

/**
 * The filter, with its result charged to the memory limit and the clock checked: to liquidjs a chain of filters is one step. A
 * result that is no finite number raises UnusableValue.
 */
export function metered(filter: FilterImplOptions): FilterImplOptions {
  const { handler, raw } = typeof filter === 'function' ? { handler: filter, raw: false } : filter;
  return {
    raw,
    handler(value: unknown, ...args: unknown[]) {
      checkTime(this.context);
      const result: unknown = toValueSync(handler.call(this, value, ...args));
      if (typeof result === 'string') this.context.memoryLimit.use(result.length);
      if (typeof result === 'number') requireFinite(result);
      return result;
    },
  };
}

function checkTime(context: Context): void {
  context.renderLimit.check(performance.now());
}
