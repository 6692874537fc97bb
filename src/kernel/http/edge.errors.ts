/** Errors of the HTTP layer, before or instead of a handler. */
import { DomainError } from '../errors.js';
import { findJsonFault } from './json-fault.js';

export class MalformedRequest extends DomainError {
  readonly code = 'malformed_request';
  readonly kind = 'invalid';

  constructor(message = 'The request is none that this service knows: see /docs for the routes') {
    super(message);
  }
}

export class MalformedJson extends DomainError {
  readonly code = 'malformed_json';
  readonly kind = 'invalid';

  constructor(message = 'The request body is not well-formed JSON') {
    super(message);
  }

  /** Says where a text stops being JSON. */
  static of(text: string): MalformedJson {
    const { line, column, isEnd } = findJsonFault(text);
    const place = `${isEnd ? 'it breaks off at' : 'look at'} line ${line}, column ${column}`;
    return new MalformedJson(`The request body is not well-formed JSON: ${place}`);
  }
}

export class BodyTooDeep extends DomainError {
  readonly code = 'body_too_deep';
  readonly kind = 'invalid';

  constructor(limit: number) {
    super(`The request body is nested more than ${limit} levels deep: send a flatter one`);
  }
}

export class RouteNotFound extends DomainError {
  readonly code = 'not_found';
  readonly kind = 'not-found';

  /** The patterns of the nearest route, and of one that begins with this address. */
  constructor({ meant, below }: { readonly meant?: string | undefined; readonly below?: string | undefined } = {}) {
    const routes = 'see /docs for the routes';
    if (meant !== undefined) super(`There is nothing at this address: did you mean ${meant}? Else ${routes}`);
    else if (below !== undefined) super(`There is nothing here, but below it, such as ${below}: ${routes}`);
    else super(`There is nothing at this address: ${routes}`);
  }
}

export class MethodNotAllowed extends DomainError {
  readonly code = 'method_not_allowed';
  readonly kind = 'method-not-allowed';

  constructor(readonly allowed: readonly string[]) {
    super(`This address takes ${allowed.join(', ')}: see /docs for the routes`);
  }
}

export class BodyTooLarge extends DomainError {
  readonly code = 'body_too_large';
  readonly kind = 'too-large';

  constructor(limit = 1_000_000) {
    super(`The request body is over the limit of ${limit.toLocaleString('en-US')} bytes: send less in one request`);
  }
}

/** Seen only by clients that can still be answered: most that break off are gone. */
export class BodyIncomplete extends DomainError {
  readonly code = 'body_incomplete';
  readonly kind = 'invalid';

  constructor() {
    super('The request body broke off before its end: send it again');
  }
}

export class UnsupportedMediaType extends DomainError {
  readonly code = 'unsupported_media_type';
  readonly kind = 'unsupported-media';

  /** The accepted types; if none are given, the message, or JSON. */
  constructor(expected: string | readonly string[] = 'Send the body as `Content-Type: application/json`') {
    super(
      typeof expected === 'string'
        ? expected
        : `Send the body as ${expected.map((type) => `\`${type}\``).join(', ')}, in UTF-8 and uncompressed`,
    );
  }
}

export class HeadersTooLarge extends DomainError {
  readonly code = 'headers_too_large';
  readonly kind = 'headers-too-large';

  constructor() {
    super('The address and the headers are over the limit of 16 KB: send less in them');
  }
}

export class RequestTimeout extends DomainError {
  readonly code = 'request_timeout';
  readonly kind = 'timeout';

  constructor() {
    super('The whole request did not come in time: send it again');
  }
}

export class Unavailable extends DomainError {
  readonly code = 'unavailable';
  readonly kind = 'unavailable';

  constructor() {
    super('The database cannot be reached at the moment: nothing was done, try again shortly');
  }
}

/** Told before anything was done for the request. */
export class Overloaded extends DomainError {
  readonly code = 'overloaded';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 1;

  constructor() {
    super('More requests come than can be answered within a second: nothing was done, try again after Retry-After');
  }
}

/** One too many in a minute. */
export class RateLimited extends DomainError {
  readonly code = 'rate_limited';
  readonly kind = 'too-many';

  constructor(override readonly retryAfterSeconds: number) {
    super(
      'More requests came in this minute than are allowed: slow down, and wait as Retry-After says. RateLimit-Policy has the limit',
    );
  }
}

export class InternalError extends DomainError {
  readonly code = 'internal_error';
  readonly kind = 'internal';

  constructor() {
    super('Something failed on our side: nothing is known to be wrong with the request');
  }
}
