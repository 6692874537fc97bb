/** Reads sessions of the caller. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  actorOf,
  decodeCursor,
  encodeCursor,
  iso,
  isUuid,
  pageOf,
  scopesOf,
  type Page,
  type PageQuery,
  type Principal,
} from '../kernel/index.js';
import { SCOPES } from '../tenants/index.js';
import { SessionStore, type SessionRow } from './session-store.js';
import type { CurrentSessionView, OwnSessionView, SessionView } from './session.dto.js';
import { Sessions } from './sessions.js';
import { UserStore } from './user-store.js';
import { SessionNotFound } from './users.errors.js';

export class ListSessions extends Query<Page<OwnSessionView>> {
  constructor(
    readonly caller: Principal,
    readonly page: PageQuery,
  ) {
    super();
  }
}

/** The session that the caller calls with. */
export class GetCurrentSession extends Query<Omit<CurrentSessionView, 'csrfToken'>> {
  constructor(readonly caller: Principal) {
    super();
  }
}

const sessionView = (row: SessionRow): SessionView => ({
  id: row.id,
  createdAt: iso(row.createdAt),
  lastSeenAt: iso(row.lastSeenAt),
  expiresAt: iso(row.expiresAt),
});

@QueryHandler(ListSessions)
export class ListSessionsHandler implements IQueryHandler<ListSessions> {
  constructor(
    private readonly store: SessionStore,
    private readonly sessions: Sessions,
  ) {}

  /** Those that last, newest first. Raises InvalidCursor. */
  async execute({ caller, page: { limit, cursor } }: ListSessions): Promise<Page<OwnSessionView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.store.page(actorOf(caller), this.sessions.idleMinutes, before, limit + 1);
    const viewOf = (row: SessionRow): OwnSessionView => ({ ...sessionView(row), current: row.id === caller.sessionId });
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), viewOf);
  }
}

@QueryHandler(GetCurrentSession)
export class GetCurrentSessionHandler implements IQueryHandler<GetCurrentSession> {
  constructor(
    private readonly store: SessionStore,
    private readonly users: UserStore,
  ) {}

  /** Raises SessionNotFound for who calls with a key. */
  async execute({ caller }: GetCurrentSession): Promise<Omit<CurrentSessionView, 'csrfToken'>> {
    const row = caller.sessionId === undefined ? undefined : await this.store.find(caller.sessionId);
    if (!row) throw new SessionNotFound();
    const user = caller.userId === undefined ? undefined : await this.users.byId(caller.userId);
    return {
      ...sessionView(row),
      actor: actorOf(caller),
      tenantId: caller.kind === 'tenant' ? caller.tenantId : null,
      user: user ? { id: user.id, email: user.email, name: user.name, role: user.role } : null,
      scopes: [...(scopesOf(caller) ?? SCOPES)],
    };
  }
}
