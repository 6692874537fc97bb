// The order of the files: the longest first, so that the last worker does not wait for one that began last. Where no run has told how
// long each takes, those come first that start services or send in bulk.
import Sequencer from '@jest/test-sequencer';

const LONG = [/\/test\/processes\//, /\/test\/(journeys|campaigns)\//, /\/test\/kernel\//];

/** 0 for the longest. */
const rankOf = ({ path }) => LONG.findIndex((pattern) => pattern.test(path)) >>> 0;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.every(({ duration }) => duration !== undefined);
    return isKnown ? sorted : sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
