/** Sessions of whoever signed in: a random token in a cookie, of which the hash is kept. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  actorOf,
  CONFIG,
  errorLine,
  KeyRing,
  sameSecret,
  SessionAuthenticator,
  ShortCache,
  SparingLogger,
  type Principal,
  type ReadyConfig,
  type RequestsPerMinute,
} from '../kernel/index.js';
import { KeyAuthenticator } from '../tenants/index.js';
import { RIGHTS, type Role } from './roles.js';
import { SessionChanges } from './session-changes.js';
import { SessionStore, type OpenSession, type SessionHolder, type SessionRow } from './session-store.js';
import type { UsersConfig } from './users-config.js';

/** A session that was just begun. */
export interface Begun {
  readonly token: string;
  /** Whose it is, as with a request that has its cookie. */
  readonly holder: Principal;
  readonly session: SessionRow;
}

/** A user, as far as it says what they may do. */
export interface SignedInUser {
  readonly id: string;
  readonly role: Role;
  readonly tenantId: string | null;
  readonly tenantLimits: RequestsPerMinute | null;
}

/** What the OpenID provider knows it by. */
export interface AtProvider {
  readonly session: string | null;
  readonly idToken: string;
}

type Known = Omit<OpenSession, 'seen'> & { seen: number };

const CACHE_MS = 5_000;
/** When a session was last used is noted so often in the time that it may be idle, and once a minute at most. */
const NOTES = 10;
const MINUTE_MS = 60_000;
const ID_TOKEN = 'id token';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

@Injectable()
export class Sessions extends SessionAuthenticator implements OnModuleInit {
  private readonly logger = new SparingLogger(new Logger(Sessions.name));
  private readonly known = new ShortCache<Known | undefined>(CACHE_MS);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig & UsersConfig,
    private readonly store: SessionStore,
    private readonly keys: KeyAuthenticator,
    private readonly ring: KeyRing,
    private readonly changes: SessionChanges,
  ) {
    super();
  }

  onModuleInit(): void {
    this.changes.onChange(() => this.known.clear());
  }

  /** Promises what SessionAuthenticator does: a role that was changed counts, and so does a key that was revoked. */
  override async authenticate(
    token: string,
    actForTenant: string | undefined,
    address: string,
  ): Promise<Principal | undefined> {
    const hash = hashOf(token);
    const read = (): Promise<Known | undefined> => this.store.open(hash, this.idleMinutes);
    const session = await (this.changes.isHeard ? this.known.get(hash, read) : read());
    const principal = session && (await this.holderOf(session, actForTenant, address));
    if (!principal) return undefined;
    await this.note(session);
    return { ...principal, sessionId: session.id };
  }

  /** In the open transaction, for a principal that was just identified; `former` is the token of a session that it takes the place of. */
  async begin(holder: Principal, former: string | undefined, atProvider?: AtProvider): Promise<Begun> {
    const token = randomBytes(32).toString('base64url');
    if (former !== undefined) await this.store.removeByToken(hashOf(former));
    const session = await this.store.insert({
      ...this.held(holder),
      tokenHash: hashOf(token),
      tenantId: holder.kind === 'tenant' ? holder.tenantId : null,
      actor: actorOf(holder),
      providerSession: atProvider?.session ?? null,
      idToken: atProvider ? this.ring.encrypt(atProvider.idToken, ID_TOKEN) : null,
      hours: this.config.sessions.hours,
    });
    if (former !== undefined) await this.changed();
    return { token, holder: { ...holder, sessionId: session.id }, session };
  }

  /** With the open transaction, one of the caller's sessions; undefined if the caller has none of this id. Answers the ID token it began with, if it can be read. */
  async end(caller: Principal, id: string): Promise<{ readonly idToken: string | undefined } | undefined> {
    const removed = await this.store.remove(actorOf(caller), id);
    if (!removed) return undefined;
    await this.changed();
    return { idToken: removed.idToken === null ? undefined : this.readable(removed.idToken) };
  }

  /** With the open transaction. */
  async endAllOf(userId: string): Promise<void> {
    await this.store.removeOfUser(userId);
    await this.changed();
  }

  /** With the open transaction, those that the provider says are over. */
  async endAtProvider(subject: string | undefined, session: string | undefined): Promise<void> {
    await this.store.removeOfProvider(this.config.openId?.issuer ?? '', subject, session);
    await this.changed();
  }

  /** With the open transaction no session is sure any more, in any process. */
  changed(): Promise<void> {
    return this.changes.announce();
  }

  /** Who has this role, of a tenant or of the platform. */
  async user(user: SignedInUser, actForTenant?: string): Promise<Principal> {
    const { id: userId, role, tenantId, tenantLimits } = user;
    const { scopes, parts } = RIGHTS[role];
    if (tenantId !== null)
      return { kind: 'tenant', tenantId, userId, scopes, limits: { key: {}, tenant: tenantLimits ?? {} } };
    const granted = role === 'admin' ? {} : { granted: { scopes, parts } };
    return { ...(await this.keys.platform(actForTenant)), userId, ...granted };
  }

  get idleMinutes(): number {
    return this.config.sessions.idleMinutes;
  }

  private async holderOf(
    { userId, keyId, adminKeyMark, role, tenantId, tenantLimits }: Known,
    actForTenant: string | undefined,
    address: string,
  ): Promise<Principal | undefined> {
    if (keyId !== null) return this.keys.signedInWith(keyId, address);
    if (adminKeyMark !== null)
      return this.marks().some((mark) => sameSecret(mark, adminKeyMark)) ? this.keys.platform(actForTenant) : undefined;
    if (userId === null || role === null) return undefined;
    return this.user({ id: userId, role, tenantId, tenantLimits }, actForTenant);
  }

  private held(holder: Principal): SessionHolder {
    const nobody = { userId: null, keyId: null, adminKeyMark: null };
    if (holder.userId !== undefined) return { ...nobody, userId: holder.userId };
    if (holder.kind === 'tenant') return { ...nobody, keyId: holder.keyId };
    return { ...nobody, adminKeyMark: this.marks()[0] ?? '' };
  }

  /** Of the admin keys there are, under each key of the ring: a session ends with the key it was begun with, and tells nothing of it. */
  private marks(): string[] {
    const { adminKey, formerAdminKey } = this.config;
    const adminKeys = [adminKey, ...(formerAdminKey === undefined ? [] : [formerAdminKey])];
    return this.ring
      .derive('admin key of a session')
      .flatMap((key) => adminKeys.map((each) => createHmac('sha256', key).update(each).digest('base64url')));
  }

  /** A request does not fail for it. */
  private async note(session: Known): Promise<void> {
    const now = Date.now();
    if (now - session.seen < Math.min(MINUTE_MS, (this.idleMinutes * MINUTE_MS) / NOTES)) return;
    session.seen = now;
    try {
      await this.store.seen(session.id);
    } catch (error) {
      this.logger.warn(`The use of a session was not noted: ${errorLine(error)}`);
    }
  }

  private readable(idToken: string): string | undefined {
    try {
      return this.ring.decrypt(idToken, ID_TOKEN);
    } catch (error) {
      this.logger.warn(`The ID token of a session cannot be read: ${errorLine(error)}`);
      return undefined;
    }
  }
}
