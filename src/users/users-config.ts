/** How users sign in, and how long their sessions last. */
import type { EnvironmentReader } from '../kernel/index.js';
import { ROLES, type Role } from './roles.js';

/** A value of the claim, and the role it stands for: of a tenant's users, or, without one, of the platform's. */
export interface ClaimedRole {
  readonly value: string;
  readonly role: Role;
  readonly tenantSlug: string | null;
}

export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client proves itself: providers differ in what they take. */
  readonly clientAuth: 'basic' | 'post';
  readonly scope: string;
  /** Absent: users are invited, and nobody else gets in. */
  readonly claimed?: { readonly claim: string; readonly roles: readonly ClaimedRole[] };
  /** Plain HTTP to the provider: on this machine alone. */
  readonly allowHttp: boolean;
}

export interface UsersConfig {
  /** Absent: people sign in with a key. */
  readonly openId?: OpenIdSettings;
  readonly sessions: {
    /** Without a request for so long, a session ends. */
    readonly idleMinutes: number;
    /** It ends after so long in any case. */
    readonly hours: number;
  };
}

const DEPENDENT = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_ROLE_CLAIM', 'OIDC_ROLES'] as const;
const CLAIMED = /^([^=]{1,200})=([a-z]+)(?:@([a-z0-9-]{1,63}))?$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Reads the variables about users. Reports their errors. */
export function readUsers(read: EnvironmentReader): UsersConfig {
  const sessions = {
    idleMinutes: read.integer('CALLBOARD_SESSION_IDLE_MINUTES', 30, 1, 1_440),
    hours: read.integer('CALLBOARD_SESSION_HOURS', 12, 1, 168),
  };
  const issuer = read.url('OIDC_ISSUER', ['https:', 'http:']);
  const claimed = readClaimed(read);
  const [clientId, clientSecret] = [read.text('OIDC_CLIENT_ID'), read.text('OIDC_CLIENT_SECRET')];
  const clientAuth = read.oneOf('OIDC_CLIENT_AUTH', ['basic', 'post'], 'basic');
  const scope = read.matching('OIDC_SCOPE', /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/, 'scopes with a space between them');
  const allowHttp = read.oneOf('OIDC_ALLOW_HTTP', ['off', 'loopback'], 'off') === 'loopback';
  if (issuer === undefined) {
    for (const name of DEPENDENT) if (read.text(name)) read.require('OIDC_ISSUER', `${name} is of no use without it`);
    return { sessions };
  }
  read.require('OIDC_CLIENT_ID', 'the provider knows Callboard by it');
  read.require('OIDC_CLIENT_SECRET', 'Callboard proves to the provider that it is Callboard');
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'http:' && !(allowHttp && LOOPBACK.test(hostname)))
    read.complain(
      'OIDC_ISSUER is not a URL starting with https:// (http for one on this machine, with OIDC_ALLOW_HTTP=loopback)',
    );
  return {
    sessions,
    openId: {
      issuer,
      clientId: clientId ?? '',
      clientSecret: clientSecret ?? '',
      clientAuth,
      scope: scope ?? 'openid email profile',
      allowHttp,
      ...(claimed && { claimed }),
    },
  };
}

function readClaimed(read: EnvironmentReader): OpenIdSettings['claimed'] {
  const claim = read.text('OIDC_ROLE_CLAIM');
  const roles = read
    .list('OIDC_ROLES', CLAIMED, 'a list of <value>=<role> or <value>=<role>@<slug of a tenant>')
    .flatMap((entry) => {
      const [, value = '', name, tenantSlug = null] = CLAIMED.exec(entry) ?? [];
      const role = ROLES.find((one) => one === name);
      if (!role) read.complain(`OIDC_ROLES names a role that is none: ${ROLES.join(', ')}`);
      return role ? [{ value, role, tenantSlug }] : [];
    });
  if (claim !== undefined) read.require('OIDC_ROLES', 'it says which role a value of OIDC_ROLE_CLAIM stands for');
  if (roles.length > 0) read.require('OIDC_ROLE_CLAIM', 'it is the claim whose values OIDC_ROLES lists');
  return claim === undefined ? undefined : { claim, roles };
}
