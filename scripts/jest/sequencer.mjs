// Runs the longest files first, so that the last worker does not wait for one that started last. Without recorded durations,
// files that wait long, start services or send in bulk come first.
import Sequencer from '@jest/test-sequencer';

const LONG = [
  /\/test\/(processes\/|automations\/service-bus-faults)/,
  /\/test\/(journeys|campaigns)\//,
  /\/test\/(kernel|billing|dispatch|automations)\//,
];

/** 0 for the slowest. */
const rankOf = ({ path }) => LONG.findIndex((pattern) => pattern.test(path)) >>> 0;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.every(({ duration }) => duration !== undefined);
    return isKnown ? sorted : sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
