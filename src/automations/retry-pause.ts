/** How long an event or a run that failed is left alone, as SQL over its `attempts`: 5 seconds at first, in the end ten minutes. */
export const RETRY_PAUSE = `make_interval(secs => least(600, 5 * power(2, least(attempts, 10))))`;
