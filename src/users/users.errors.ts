/** Errors of users, of signing in, and of sessions. */
import { DomainError } from '../kernel/index.js';

export class UserNotFound extends DomainError {
  readonly code = 'user_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no user with this id');
  }
}

export class UserExists extends DomainError {
  readonly code = 'user_exists';
  readonly kind = 'conflict';
  override readonly field = 'email';

  constructor() {
    super('There is a user with this address already: change their role, or enable them');
  }
}

/** The role may do what the caller may not. */
export class RoleBeyondYours extends DomainError {
  readonly code = 'role_beyond_yours';
  readonly kind = 'forbidden';
  override readonly field = 'role';

  constructor() {
    super('This role may do what you may not: ask somebody who may');
  }
}

/** The OpenID provider says which role the user has. */
export class RoleFromClaim extends DomainError {
  readonly code = 'role_from_claim';
  readonly kind = 'conflict';
  override readonly field = 'role';

  constructor() {
    super('The sign-in provider says which role this user has: change it there');
  }
}

export class SessionNotFound extends DomainError {
  readonly code = 'session_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('You have no session with this id');
  }
}

/** No OpenID provider is configured. */
export class SignInNotConfigured extends DomainError {
  readonly code = 'sign_in_not_configured';
  readonly kind = 'not-found';

  constructor() {
    super('No sign-in provider is configured (OIDC_ISSUER): sign in with a key');
  }
}

export class SignInUnavailable extends DomainError {
  readonly code = 'sign_in_unavailable';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 30;

  constructor() {
    super('The sign-in provider does not answer: try again later');
  }
}

/** The answer fits to no sign-in that was begun in this browser. */
export class SignInExpired extends DomainError {
  readonly code = 'sign_in_expired';
  readonly kind = 'invalid';

  constructor() {
    super('This sign-in was not begun in this browser, or too long ago: begin again at /auth/sign-in');
  }
}

/** The provider, or the person there, said no; or what it said does not hold. */
export class SignInRefused extends DomainError {
  readonly code = 'sign_in_refused';
  readonly kind = 'unauthorized';

  constructor() {
    super('The sign-in provider did not confirm who you are: begin again at /auth/sign-in');
  }
}

export class NotInvited extends DomainError {
  readonly code = 'not_invited';
  readonly kind = 'forbidden';

  constructor() {
    super('You are not a user here: ask an admin to invite the verified email address of your account');
  }
}

export class UserDisabled extends DomainError {
  readonly code = 'user_disabled';
  readonly kind = 'forbidden';

  constructor() {
    super('Your user is disabled: ask an admin');
  }
}

/** To the provider: what it says of a sign-out does not hold. */
export class LogoutTokenRefused extends DomainError {
  readonly code = 'logout_token_refused';
  readonly kind = 'invalid';

  constructor() {
    super('This is no logout token of the provider for this service');
  }
}

/** One person is a user in several places. */
export class SignInAmbiguous extends DomainError {
  readonly code = 'sign_in_ambiguous';
  readonly kind = 'conflict';
  override readonly field = 'tenant';

  constructor() {
    super('You are a user of several tenants: begin again with /auth/sign-in?tenant=<its slug>');
  }
}

export class BadReturnPath extends DomainError {
  readonly code = 'bad_return_path';
  readonly kind = 'invalid';
  override readonly field = 'returnTo';

  constructor() {
    super('returnTo must be a path of this service, such as /campaigns');
  }
}
