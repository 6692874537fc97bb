/** Errors of accepting, cancelling and resending messages. */
import type { Unidentified } from '../../templates/index.js';
import { DomainError } from '../../kernel/index.js';
import type { HostKind } from '../../host-data/index.js';
import type { MessageStatus } from '../../ledger/index.js';
import type { Over, Untrue } from './host.rules.js';

export class MessageNotFound extends DomainError {
  readonly code = 'message_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no message with this id');
  }
}

export class CannotCancel extends DomainError {
  readonly code = 'cannot_cancel';
  readonly kind = 'conflict';

  constructor(status: MessageStatus) {
    super(`The message is ${status}: only one that is scheduled or queued can be cancelled`);
  }
}

export class CannotResend extends DomainError {
  readonly code = 'cannot_resend';
  readonly kind = 'conflict';

  constructor(status: MessageStatus) {
    super(`The message is ${status}: only one that ended without reaching anybody can be sent again`);
  }
}

export class ContentErased extends DomainError {
  readonly code = 'content_erased';
  readonly kind = 'conflict';

  constructor() {
    super('What the message said was erased, or whom it went to: write a new one');
  }
}

export class AlreadyFollowed extends DomainError {
  readonly code = 'already_followed';
  readonly kind = 'conflict';

  /** `by` is the id of the message that replaced it. */
  constructor(by: string) {
    super(`Another message has taken the place of this one: look at ${by}, and send that again if need be`);
  }
}

export class ChannelDisabled extends DomainError {
  readonly code = 'channel_disabled';
  readonly kind = 'unprocessable';
  override readonly field = 'channel';

  constructor(channel: string) {
    super(`This tenant does not send on ${channel}: turn it on with PATCH /api/tenants/{id}/settings`);
  }
}

/** The tenant, or the platform, sends nothing to the country of the recipient's number, or the number is of none that is known. */
export class CountryNotAllowed extends DomainError {
  readonly code = 'country_not_allowed';
  readonly kind = 'unprocessable';
  override readonly field = 'to';

  /** ISO 3166-1 alpha-2; null where the number is of no single country. */
  constructor(country: string | null) {
    super(
      country === null
        ? 'The number is of no country that is known, and this tenant sends to certain countries only'
        : `This tenant does not send to ${country}: see allowedCountries in its settings, and the countries that the platform allows`,
    );
  }
}

const LACKING: Readonly<Record<Unidentified, string>> = {
  sender: 'its venue by name',
  opt_out: 'how to get no more of it, such as “Reply STOP”',
};

/** Marketing by text of a tenant that requires it to name its venue, and how to leave. */
export class IdentificationMissing extends DomainError {
  readonly code = 'identification_missing';
  readonly kind = 'unprocessable';

  constructor(
    lacking: readonly Unidentified[],
    override readonly field = 'content.body',
  ) {
    super(`Marketing by text must name ${lacking.map((one) => LACKING[one]).join(', and ')}`);
  }
}

export class ContentRequired extends DomainError {
  readonly code = 'content_required';
  readonly kind = 'invalid';

  constructor(
    message: string,
    override readonly field = 'content',
  ) {
    super(message);
  }
}

/** The host has no address of the person there that anything can be sent to. */
export class NoAddress extends DomainError {
  readonly code = 'no_address';
  readonly kind = 'unprocessable';

  constructor() {
    super('The platform has no usable address of the person on this channel: choose another, or name one in `to`');
  }
}

/** The host knows nothing under an id that a message names: it is wrong, or another tenant's. */
export class HostRecordUnknown extends DomainError {
  readonly code = 'host_record_unknown';
  readonly kind = 'unprocessable';

  constructor(record: HostKind) {
    super(`The platform knows no such ${record} of this tenant: check the id`);
  }
}

const SENTENCES: Readonly<Record<Untrue | Over, string>> = {
  order_cancelled: 'The order is cancelled: send nothing, or allow it in `hostData.allow`',
  order_refunded: 'The order is refunded: send nothing, or allow it in `hostData.allow`',
  event_cancelled: 'The event is cancelled: send nothing, or allow it in `hostData.allow`',
  attendee_cancelled: 'The person attends no more: send nothing, or allow it in `hostData.allow`',
  attendee_status_changed:
    'The attendee’s status is not `hostData.attendeeStatus`, or no longer: look it up, or leave that out',
  event_moved: 'The event does not begin at `hostData.startsAt`, or no longer: look it up, or leave that out',
  event_started: 'The event will have begun before it is sent: send it sooner, or leave out `hostData.notAfter`',
  event_ended: 'The event will be over before it is sent: send it sooner, or leave out `hostData.notAfter`',
  event_time_unknown:
    'The platform does not say when the event ends: leave out `hostData.notAfter`, or take `event.startsAt`',
};

/** What a message is about is not as it says, or no longer. */
export class NotTrueNow extends DomainError {
  readonly code = 'not_true_now';
  readonly kind = 'unprocessable';

  constructor(reason: Untrue | Over) {
    super(SENTENCES[reason]);
  }
}

export class MessageTooLong extends DomainError {
  readonly code = 'message_too_long';
  readonly kind = 'unprocessable';
  override readonly field = 'content.body';

  constructor(length: number, limit: number) {
    super(`The text is ${length} characters long; the limit on this channel is ${limit}: shorten it or use email`);
  }
}

export class BadSchedule extends DomainError {
  readonly code = 'bad_schedule';
  readonly kind = 'unprocessable';

  constructor(
    message: string,
    override readonly field: 'sendAt' | 'expiresAt' | 'scheduledAt' | 'ifPast' | 'inZone',
  ) {
    super(message);
  }
}
