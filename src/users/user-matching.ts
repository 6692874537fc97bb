/** Which user somebody is, whom the OpenID provider knows. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../kernel/index.js';
import { InvalidAddress, normaliseAddress } from '../tenants/index.js';
import type { Identity } from './open-id.js';
import { UserStore, type UserRow } from './user-store.js';
import type { ClaimedRole, UsersConfig } from './users-config.js';
import { NotInvited, SignInAmbiguous, UserDisabled } from './users.errors.js';

/** A role that a claim stands for, where it is. */
type Claimed = Pick<ClaimedRole, 'role'> & { readonly tenantId: string | null };

const NAME_LENGTH = 200;

@Injectable()
export class UserMatching {
  constructor(
    @Inject(CONFIG) private readonly config: UsersConfig,
    private readonly users: UserStore,
  ) {}

  /**
   * In the open transaction. A user is known by issuer and subject alone; the address counts once, for who was invited and has not come yet. Who is neither
   * becomes a user if a claim says so. Raises NotInvited, UserDisabled and SignInAmbiguous.
   */
  async userOf(identity: Identity, tenantSlug: string | undefined): Promise<UserRow> {
    const { issuer, subject, name } = identity;
    const claims = await this.claimedBy(identity, tenantSlug);
    const user =
      one(await this.users.bySubject(issuer, subject, tenantSlug)) ??
      (await this.invited(identity, tenantSlug)) ??
      (await this.made(identity, claims));
    if (!user) throw new NotInvited();
    if (user.disabledAt !== null) throw new UserDisabled();
    const role = user.byClaim ? claims.find(({ tenantId }) => tenantId === user.tenantId)?.role : user.role;
    if (!role) throw new NotInvited();
    const known = { ...user, role, name: user.name ?? name?.toWellFormed().slice(0, NAME_LENGTH) ?? null };
    await this.users.signedIn(user.id, known.name, role);
    return known;
  }

  private async invited(
    { issuer, subject, verifiedEmail }: Identity,
    slug: string | undefined,
  ): Promise<UserRow | undefined> {
    const email = addressIn(verifiedEmail);
    const user = email === undefined ? undefined : one(await this.users.invited(email, slug));
    if (user) await this.users.bind(user.id, issuer, subject);
    return user;
  }

  private async made(
    { issuer, subject, verifiedEmail }: Identity,
    claims: readonly Claimed[],
  ): Promise<UserRow | undefined> {
    const email = addressIn(verifiedEmail);
    const claimed = one(claims);
    if (!claimed || email === undefined) return undefined;
    const user = await this.users.insert({ ...claimed, email, name: null, byClaim: true, createdBy: 'claim' });
    await this.users.bind(user.id, issuer, subject);
    return user;
  }

  /** The first role of each place. */
  private async claimedBy({ groups }: Identity, tenantSlug: string | undefined): Promise<Claimed[]> {
    const roles = this.config.openId?.claimed?.roles ?? [];
    const held = roles.filter(
      (each) => groups.includes(each.value) && (tenantSlug === undefined || each.tenantSlug === tenantSlug),
    );
    const tenants = await this.users.tenantsOf(held.flatMap(({ tenantSlug: slug }) => slug ?? []));
    const places = new Map<string | null, Claimed>();
    for (const { role, tenantSlug: slug } of held) {
      const tenantId = slug === null ? null : tenants.get(slug);
      if (tenantId !== undefined && !places.has(tenantId)) places.set(tenantId, { role, tenantId });
    }
    return [...places.values()];
  }
}

/** Raises SignInAmbiguous for several. */
function one<T>(found: readonly T[]): T | undefined {
  if (found.length > 1) throw new SignInAmbiguous();
  return found[0];
}

/** Undefined for a text that is no address. */
function addressIn(email: string | undefined): string | undefined {
  if (email === undefined) return undefined;
  try {
    return normaliseAddress('email', email);
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}
