/** Liquid's arithmetic with results that a reader can use: no division by zero, and no binary noise. */
import { toValue, toValueSync } from 'liquidjs';
import { liquidFilter, type FilterHandler } from './liquid-filters.js';
import { UnusableValue } from './printing.js';

/** Filters that compute a new number. */
const COMPUTING = ['plus', 'minus', 'times', 'divided_by', 'modulo', 'sum'] as const;
/** A double holds as many decimal digits for certain; what differs beyond them is noise. */
const EXACT_DIGITS = 15;

/** The filters by name. `1.15 | times: 100` is 115. To divide by zero, or by what is no number, raises UnusableValue. */
export const ARITHMETIC: Readonly<Record<string, FilterHandler>> = Object.fromEntries(
  COMPUTING.map((name) => [name, decimal(name)]),
);

function decimal(name: (typeof COMPUTING)[number]): FilterHandler {
  const compute = liquidFilter(name);
  const divides = name === 'divided_by' || name === 'modulo';
  return function (value: unknown, ...args: unknown[]) {
    if (divides && !Number(toValue(args[0]))) throw new UnusableValue(`${name} needs a number other than zero`);
    return withoutNoise(Number(toValueSync(compute.call(this, value, ...args))));
  };
}

const withoutNoise = (result: number): number =>
  Number.isInteger(result) ? result : Number(result.toPrecision(EXACT_DIGITS));
