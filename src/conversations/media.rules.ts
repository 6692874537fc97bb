/** When media that was not fetched is tried again, and why it was not: pure. */
import { pauseMs } from '../notices/index.js';

/** Ten seconds after the first, then later each time: half a day together. */
const ATTEMPTS = 9;

/**
 * `gone`: the provider has it no more; `refused`: it does not take the account's credentials; `unreachable`: it did not answer, or not with the
 * media; `account`: the account is not there any more; `address`: no address of the provider's, or one of a network of ours; `type`: none of the
 * types that are kept; `size`: more than is kept, or nothing; `storage`: it could not be stored.
 */
export const MEDIA_REASONS = [
  'gone',
  'refused',
  'unreachable',
  'account',
  'address',
  'type',
  'size',
  'storage',
] as const;
export type MediaReason = (typeof MEDIA_REASONS)[number];

/** Media that was not fetched. */
export class MediaFault extends Error {
  /** `isFinal`: it will be the same at any time. */
  constructor(
    readonly reason: MediaReason,
    readonly isFinal: boolean,
  ) {
    super(`media was not fetched: ${reason}`);
    this.name = 'MediaFault';
  }
}

/** Milliseconds until the next attempt after this many; undefined if there is none. `random` is from 0 to 1. */
export const nextAttemptMs = (attempts: number, { isFinal }: MediaFault, random: number): number | undefined =>
  isFinal || attempts >= ATTEMPTS ? undefined : pauseMs(attempts, undefined, random);

/** What an answer without media means; undefined for one that has it, or leads on. */
export function faultOf(status: number): MediaFault | undefined {
  if (status === 200 || REDIRECTS.has(status)) return undefined;
  // It may not be there yet: providers tell of a message while they still copy what it brings.
  if (status === 404) return new MediaFault('gone', false);
  if (status === 410) return new MediaFault('gone', true);
  return new MediaFault(status === 401 || status === 403 ? 'refused' : 'unreachable', false);
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
