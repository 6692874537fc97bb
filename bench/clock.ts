/** Milliseconds since 1970 as a fraction: the processes of one machine agree on it to well under a millisecond. */
export const epochMs = (): number => performance.timeOrigin + performance.now();
