/** Errors of what an email has beside its text. */
import { DomainError } from '../../kernel/index.js';

export class MailOnly extends DomainError {
  readonly code = 'mail_only';
  readonly kind = 'invalid';

  constructor(
    override readonly field: string,
    channel: string,
  ) {
    super(`\`${field}\` means nothing on ${channel}: leave it out, or send an email`);
  }
}

export class HeaderRefused extends DomainError {
  readonly code = 'header_refused';
  readonly kind = 'invalid';

  constructor(why = 'is not one that callers may set: take a name of your own that begins with X-') {
    super(`This header ${why}`);
  }
}

export class CopiesRefused extends DomainError {
  readonly code = 'copies_refused';
  readonly kind = 'unprocessable';

  constructor() {
    super('Marketing has no copies: whoever is to get it needs a message, and an opt-in, of their own');
  }
}

export class BadCalendar extends DomainError {
  readonly code = 'bad_calendar';
  readonly kind = 'unprocessable';

  constructor(message: string, field: string) {
    super(message, [{ path: `calendar.${field}`, message }]);
  }
}
