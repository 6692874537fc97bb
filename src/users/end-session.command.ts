/** Ends sessions of the caller. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, type Principal } from '../kernel/index.js';
import { LogoutTokens } from './logout-tokens.js';
import { OpenId } from './open-id.js';
import type { SignedOutView } from './session.dto.js';
import { Sessions } from './sessions.js';
import { SessionNotFound } from './users.errors.js';

export class EndSession extends Command<SignedOutView> {
  constructor(
    readonly caller: Principal,
    /** Absent: the one that the caller calls with. */
    readonly id?: string,
  ) {
    super();
  }
}

@CommandHandler(EndSession)
export class EndSessionHandler implements ICommandHandler<EndSession> {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly openId: OpenId,
  ) {}

  /** Answers where the browser signs out at the provider too. Raises SessionNotFound, also for somebody else's. */
  async execute({ caller, id = caller.sessionId }: EndSession): Promise<SignedOutView> {
    const ended = id === undefined ? undefined : await this.database.transaction(() => this.sessions.end(caller, id));
    if (!ended) throw new SessionNotFound();
    const endSessionUrl = ended.idToken === undefined ? undefined : await this.openId.endUrl(ended.idToken);
    return { endSessionUrl: endSessionUrl ?? null };
  }
}

/** What the provider says is over there is over here. */
export class EndSessionsAtProvider extends Command<void> {
  constructor(readonly logoutToken: string) {
    super();
  }
}

@CommandHandler(EndSessionsAtProvider)
export class EndSessionsAtProviderHandler implements ICommandHandler<EndSessionsAtProvider> {
  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
    private readonly tokens: LogoutTokens,
  ) {}

  /** Repeated, it changes nothing more. Raises SignInNotConfigured, SignInUnavailable and LogoutTokenRefused. */
  async execute({ logoutToken }: EndSessionsAtProvider): Promise<void> {
    const { subject, session } = await this.tokens.read(logoutToken);
    await this.database.transaction(() => this.sessions.endAtProvider(subject, session));
  }
}
