/** Errors of the service. Anything thrown that is not a DomainError is a bug or an outage, and is reported as one. */

export const PROBLEM_STATUS = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  conflict: 409,
  'too-large': 413,
  'unsupported-media': 415,
  misdirected: 421,
  unprocessable: 422,
  'too-many': 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
  loop: 508,
} as const;
export type ProblemKind = keyof typeof PROBLEM_STATUS;

/** An error of one field: `path` is a JSON path such as `messages[3].to`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
  /** Stable, where the fields of a list have codes of their own. */
  readonly code?: string;
}

/**
 * An error the caller can act on. The message is one sentence that says what to change; it is shown to the caller, so it never
 * holds an address or a body. `code` is stable and documented.
 */
export abstract class DomainError extends Error {
  abstract readonly code: string;
  abstract readonly kind: ProblemKind;
  /** For a temporary error: when to retry. */
  readonly retryAfterSeconds: number | undefined = undefined;
  /** Values that the caller may have meant. They may be personal data: for the response only. */
  readonly suggestions: readonly string[] = [];
  /** The field of the request, or the header, that usually causes it; `at` names another. */
  readonly field: string | undefined = undefined;

  constructor(
    message: string,
    private readonly faults: readonly FieldError[] = [],
  ) {
    super(message);
    this.name = new.target.name;
  }

  /** The fields that caused it; empty if none did. */
  get errors(): readonly FieldError[] {
    if (this.faults.length > 0 || this.field === undefined) return this.faults;
    return [{ path: this.field, message: this.message }];
  }

  /** The same error, caused by this field. A copy: callers that wait for the same lookup share its error. */
  at(field: string): this {
    return this.with({ field, faults: [] });
  }

  /** The same error, caused in the object at `parent`. */
  under(parent: string): this {
    return this.with({ faults: this.errors.map(({ path, message }) => ({ path: `${parent}.${path}`, message })) });
  }

  /** The same error, each of its fields under the name that `place` gives it. */
  relocated(place: (path: string) => string): this {
    return this.with({ faults: this.errors.map(({ path, message }) => ({ path: place(path), message })) });
  }

  private with(changes: { readonly field?: string; readonly faults: readonly FieldError[] }): this {
    const copy = Object.create(Object.getPrototypeOf(this) as object, Object.getOwnPropertyDescriptors(this)) as this;
    return Object.assign(copy, changes);
  }
}

/** Runs a check of one field, which its domain error then names. */
export function checking<T>(field: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof DomainError ? error.at(field) : error;
  }
}

/** Awaits the lookup of one field's value, which its domain error then names. */
export async function lookingUp<T>(field: string, lookup: Promise<T>): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    throw error instanceof DomainError ? error.at(field) : error;
  }
}

/** Names the tenant that the admin key acts for. */
export const TENANT_HEADER = 'X-Tenant-Id';

/** RFC 9457 problem details, with our stable `code` and the field errors as extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly suggestions?: readonly string[];
  readonly requestId?: string;
}

/** The body of a domain error, as a response or as the result of one batch item. */
export function toProblem(error: DomainError): Problem {
  const status = PROBLEM_STATUS[error.kind];
  return {
    type: `urn:callboard:problem:${error.code}`,
    title: titleOf(error.code),
    status,
    code: error.code,
    detail: error.message,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    ...(error.suggestions.length > 0 ? { suggestions: error.suggestions } : {}),
  };
}

/** `venue_not_found` reads as `Venue not found`. */
export function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export class InvalidRequest extends DomainError {
  readonly code = 'invalid_request';
  readonly kind = 'invalid';

  constructor(errors: readonly FieldError[]) {
    const [first, ...rest] = errors;
    const more = rest.length > 0 ? ` (and ${rest.length} more, see errors)` : '';
    super(first ? `${first.message}${more}` : 'The request is not valid', errors);
  }
}

export class InvalidCursor extends DomainError {
  readonly code = 'invalid_cursor';
  readonly kind = 'invalid';
  override readonly field = 'cursor';

  constructor() {
    super(
      'This cursor is not one that this list gave: pass the `nextCursor` of the page before, unchanged, or leave it out',
    );
  }
}

export class Unauthorized extends DomainError {
  readonly code = 'unauthorized';
  readonly kind = 'unauthorized';

  constructor(message = 'Send a valid API key as `Authorization: Bearer <key>`') {
    super(message);
  }
}

export class KeyExpired extends DomainError {
  readonly code = 'key_expired';
  readonly kind = 'unauthorized';

  constructor() {
    super('This API key has expired: use the one that followed it, or have another issued');
  }
}

/** Tells whoever guesses no more than that. */
export class TooManyWrongKeys extends DomainError {
  readonly code = 'too_many_wrong_keys';
  readonly kind = 'too-many';

  constructor(override readonly retryAfterSeconds: number) {
    super('Too many requests with a wrong API key came from this address: check the key, and wait as Retry-After says');
  }
}

export class AddressNotAllowed extends DomainError {
  readonly code = 'address_not_allowed';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'This API key works from certain networks only, and this request came from another: see the key’s `networks`',
    );
  }
}

export class MissingScope extends DomainError {
  readonly code = 'missing_scope';
  readonly kind = 'forbidden';

  constructor(scope: string) {
    super(`This API key lacks the scope "${scope}": use a key that has it`);
  }
}

export class AdminKeyRequired extends DomainError {
  readonly code = 'admin_only';
  readonly kind = 'forbidden';

  constructor() {
    super('Only the platform admin key may do this');
  }
}

export class TenantRequired extends DomainError {
  readonly code = 'tenant_required';
  readonly kind = 'invalid';
  override readonly field = TENANT_HEADER;

  constructor() {
    super('The admin key acts for no tenant by itself: name one with the header X-Tenant-Id, by its id');
  }
}

export class SigningKeyMissing extends DomainError {
  readonly code = 'signing_key_missing';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The key that documents are signed with cannot be read: its operator has to put the key that it is under back into the key ring',
    );
  }
}
