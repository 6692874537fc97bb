/** What a number goes through, and when the next step is tried: pure. */
/**
 * `ordered`: it is looked for, bought and set up. `active`: it is the venue's. `quarantined`: it is nobody's, and still rented, so that a
 * late STOP is heard. `returning`: it is being given back. `released`: it was the venue's. `failed`: it never was.
 */
export const NUMBER_STATUSES = ['ordered', 'active', 'quarantined', 'returning', 'released', 'failed'] as const;
export type NumberStatus = (typeof NUMBER_STATUSES)[number];

/** Why there is no number, in our words; `fault_code` has the provider's. */
export const NUMBER_FAULTS = ['none_available', 'taken', 'not_owned', 'refused', 'unfit', 'unanswered'] as const;
export type NumberFaultWord = (typeof NUMBER_FAULTS)[number];

/** Numbers that may turn out to be taken before we give up. */
export const MOST_TAKEN = 10;
/** An order is given up after this: nobody waits for it any more. */
const ORDER_EXPIRES_MS = 24 * 3_600_000;
/** How often we look for a number that may have been rented to us. */
export const MOST_LOOKS = 3;
/** How long apart, if it has to be given back. */
export const BETWEEN_LOOKS_MS = 60_000;

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

/** How long until the next attempt, after so many that failed, in milliseconds. */
export const backoffMs = (attempts: number): number => Math.min(FIRST_WAIT_MS * 2 ** attempts, LONGEST_WAIT_MS);

export const isExpired = (orderedAt: Date, now: number): boolean => now - orderedAt.getTime() >= ORDER_EXPIRES_MS;
