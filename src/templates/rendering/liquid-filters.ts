/** liquidjs's own filters, for those of ours that add to them. */
import { filters, type FilterImplOptions } from 'liquidjs';

export type FilterHandler = Extract<FilterImplOptions, (...args: never[]) => unknown>;

/** Throws if liquidjs has no such filter. */
export function liquidFilter(name: string): FilterHandler {
  const filter = filters[name];
  if (typeof filter !== 'function') throw new Error(`liquidjs has no filter ${name}`);
  return filter;
}
