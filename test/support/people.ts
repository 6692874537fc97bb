/** People and numbers that nobody else in the test file has. */

let people = 0;

/** A German mobile number that no other test of the file has. */
export const newNumber = (): string => `+${4_915_200_000_000 + (people += 1)}`;

/** An American mobile number that no other test of the file has: pictures reach it. */
export const newAmericanNumber = (): string => `+1646555${String((people += 1)).padStart(4, '0')}`;

/** A mailbox that no other test of the file has. */
export const newMailbox = (): string => `guest${(people += 1)}@example.com`;

let senders = 0;

/** An American number to send from, which no other test of the file has. */
export const newSenderNumber = (): string => `+1212555${String((senders += 1)).padStart(4, '0')}`;
