/** Begins sessions: for who comes back from the OpenID provider, and for the holder of a key. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { addressClassOf, Authenticator, Database, Unauthorized } from '../kernel/index.js';
import { OpenId } from './open-id.js';
import { SessionStart } from './session-start.js';
import { Sessions, type Begun } from './sessions.js';
import type { Attempt } from './sign-in-attempt.js';
import { UserMatching } from './user-matching.js';

/** A browser: the token of the session it has already, if it has one, and its address. */
export interface Browser {
  readonly formerToken: string | undefined;
  readonly address: string;
}

export class SignInAtProvider extends Command<Begun> {
  constructor(
    /** What the provider sent the browser back with. */
    readonly query: string,
    readonly attempt: Attempt,
    readonly browser: Browser,
  ) {
    super();
  }
}

export class SignInWithKey extends Command<Begun> {
  constructor(
    readonly key: string,
    readonly browser: Browser,
  ) {
    super();
  }
}

@CommandHandler(SignInAtProvider)
export class SignInAtProviderHandler implements ICommandHandler<SignInAtProvider> {
  constructor(
    private readonly database: Database,
    private readonly openId: OpenId,
    private readonly matching: UserMatching,
    private readonly sessions: Sessions,
    private readonly start: SessionStart,
  ) {}

  /** Raises SignInNotConfigured, SignInUnavailable, SignInRefused, NotInvited, UserDisabled and SignInAmbiguous. */
  execute(command: SignInAtProvider): Promise<Begun> {
    return this.start.counted('openid', this.begin(command));
  }

  private async begin({ query, attempt, browser }: SignInAtProvider): Promise<Begun> {
    const identity = await this.openId.identityFrom(query, attempt);
    const atProvider = { session: identity.session ?? null, idToken: identity.idToken };
    return this.database.transaction(async () => {
      const user = await this.matching.userOf(identity, attempt.tenantSlug);
      const holder = await this.sessions.user({ ...user, tenantLimits: null });
      const origin = addressClassOf(browser.address);
      return this.start.begin('openid', { ...holder, origin }, browser.formerToken, atProvider);
    });
  }
}

@CommandHandler(SignInWithKey)
export class SignInWithKeyHandler implements ICommandHandler<SignInWithKey> {
  constructor(
    private readonly database: Database,
    private readonly authenticator: Authenticator,
    private readonly start: SessionStart,
  ) {}

  /** The session may do what the key may, and ends with it. Raises Unauthorized, KeyExpired, AddressNotAllowed and TooManyWrongKeys. */
  execute(command: SignInWithKey): Promise<Begun> {
    return this.start.counted('key', this.begin(command));
  }

  private async begin({ key, browser: { address, formerToken } }: SignInWithKey): Promise<Begun> {
    const holder = await this.authenticator.authenticate(key, undefined, address);
    if (!holder) throw new Unauthorized('This API key is not known or has been revoked');
    return this.database.transaction(() =>
      this.start.begin('key', { ...holder, origin: addressClassOf(address) }, formerToken),
    );
  }
}
