/** Errors of segments. */
import { DomainError, type FieldError } from '../../kernel/index.js';

export class SegmentNotFound extends DomainError {
  readonly code = 'segment_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor(message = 'There is no segment with this id') {
    super(message);
  }
}

export class SegmentInUse extends DomainError {
  readonly code = 'segment_in_use';
  readonly kind = 'conflict';

  constructor() {
    super('A campaign that is scheduled is for this segment: cancel it first, or wait for its launch');
  }
}

export class InvalidSegmentRule extends DomainError {
  readonly code = 'invalid_segment_rule';
  readonly kind = 'unprocessable';

  constructor(faults: readonly FieldError[]) {
    super(faults.map(({ path, message }) => `${path} ${message}`).join('; '), faults);
  }
}
