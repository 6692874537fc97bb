/** Requests and responses about sessions. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, Nested, OneOf, Text, TextList } from '../kernel/index.js';
import { SCOPES } from '../tenants/index.js';
import { ROLES, type Role } from './roles.js';

export class KeySignInBody {
  @Text({ max: 200, example: 'cb_0199f3a07c1e7b3a9d1c2f4b6a8c0e12_…', description: 'An API key, or the admin key' })
  key: string;
}

export class SignInQuery {
  @Text({
    required: false,
    max: 500,
    default: '/',
    example: '/',
    description: 'Where the browser goes in the end: a path',
  })
  returnTo = '/';

  @Text({
    required: false,
    max: 63,
    example: 'riverside',
    description: 'The slug of the tenant, for who is a user of several',
  })
  tenant?: string;
}

class SignedInUserView {
  @Id() id: string;
  @Text({ max: 320, example: 'ana@riverside.example' }) email: string;
  @Text({ max: 200, nullable: true, example: 'Ana Lima' }) name: string | null;
  @OneOf(ROLES) role: Role;
}

export class SessionView {
  @Id() id: string;
  @Instant() createdAt: string;
  @Instant({ description: 'To the minute' }) lastSeenAt: string;
  @Instant({ description: 'It ends then, or earlier when it is not used' }) expiresAt: string;
}

export class OwnSessionView extends SessionView {
  @Flag({ description: 'It is the one that this request was made with' }) current: boolean;
}

export class CurrentSessionView extends SessionView {
  @Text({ max: 100, example: 'user:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: 'As the audit log names you' })
  actor: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: you are of the platform' })
  tenantId: string | null;

  @Nested(() => SignedInUserView, { nullable: true, description: 'Null: you signed in with a key' })
  user: SignedInUserView | null;

  @TextList({ max: SCOPES.length, of: SCOPES, description: 'What you may do', example: ['campaigns:read'] })
  scopes: string[];

  @Text({
    max: 100,
    example: 'pJ0uGv3bXb0m5m0yG2w4y0b1hTt0o8c3gqk2v5d7e9A',
    description: 'Send it as `X-CSRF-Token` with each request that changes something',
  })
  csrfToken: string;
}

export class SignedOutView {
  @Text({
    max: 2_000,
    nullable: true,
    example: 'https://id.riverside.example/session/end?client_id=callboard',
    description: 'Where the browser goes to sign out at the sign-in provider too; null if there is no such place',
  })
  endSessionUrl: string | null;
}

export class SignInWaysView {
  @Flag({ description: 'Whether people sign in at a provider: lead them to `/auth/sign-in`' }) openId: boolean;
  @Flag({ description: 'Whether they may sign in with a key: post it to `/auth/key`' }) key: boolean;
}
