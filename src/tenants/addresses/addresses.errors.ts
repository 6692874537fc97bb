/** Errors of addresses. Their messages never quote one: addresses are personal data. */
import { DomainError } from '../../kernel/index.js';
import type { AddressKind, Channel } from '../channels.js';

/** A spreadsheet rounds a long number in scientific notation, and takes a plus or a zero from its front. */
export type AddressFault = 'no_address' | 'rounded' | 'ambiguous';

/** The text is not an address of its channel. */
export class InvalidAddress extends DomainError {
  readonly code: string = 'invalid_address';
  readonly kind = 'invalid';
  override readonly field = 'address';

  constructor(
    kind: Channel | AddressKind,
    readonly fault: AddressFault = 'no_address',
  ) {
    super(messageOf(kind, fault));
  }
}

/** The text may be several phone numbers, or lacks what says whose it is. The problem names them in `suggestions`. */
export class AmbiguousAddress extends InvalidAddress {
  override readonly code = 'ambiguous_address';

  constructor(override readonly suggestions: readonly string[] = []) {
    super('phone', 'ambiguous');
  }
}

/** What an address that cannot be read is answered with, as documentation examples. */
export const ADDRESS_PROBLEMS = [
  new InvalidAddress('sms'),
  new AmbiguousAddress(['+4915712345678', '+15712345678']),
] as const;

function messageOf(kind: Channel | AddressKind, fault: AddressFault): string {
  if (kind === 'email') return 'The address is no email address: send one such as ana@example.com';
  switch (fault) {
    case 'no_address':
      return 'The address is no phone number: send one with its country code, such as +15551234567';
    case 'rounded':
      return 'The phone number was rounded by a spreadsheet: format its column as text, and send it again';
    case 'ambiguous':
      return 'The phone number may be another person’s with a plus in front: send it with plus and country code, as one of the suggestions';
  }
}
