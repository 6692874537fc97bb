/** Faults of requests other than sending. */

/**
 * Why nothing came of a call. `taken`: somebody else has what was asked for; `refused`: it will not be done however often it is asked, until
 * something is changed at the provider; `later`: it was not done, and may be soon; `unknown`: it may have been done.
 */
export class RequestFault extends Error {
  /** `code` and `words` are the provider's own. */
  constructor(
    readonly kind: 'taken' | 'refused' | 'later' | 'unknown',
    readonly code: string,
    readonly words?: string,
  ) {
    super(`the provider did not do what was asked: ${kind}, ${code}`);
    this.name = 'RequestFault';
  }
}
