/** The Liquid filter `split`. */
import { liquidFilter, type FilterHandler } from './liquid-filters.js';
import { toText } from './printing.js';

const ofLiquid = liquidFilter('split');

/** As liquidjs's, but `split: ""` gives whole characters, not the halves of an emoji. */
export const split: FilterHandler = function (text: unknown, separator: unknown): string[] {
  const pieces = ofLiquid.call(this, text, separator) as string[];
  return toText(separator) === '' ? [...pieces.join('')] : pieces;
};
