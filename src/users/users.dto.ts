/** Requests and responses about users. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, OneOf, Text } from '../kernel/index.js';
import { ROLES, type Role } from './roles.js';

const NAME = { max: 200, example: 'Ana Lima', description: 'As people know them' } as const;
const ROLE = { description: 'What they may do', example: 'marketer' } as const;
const EXAMPLE_EMAIL = 'ana@riverside.example';

export class InviteUserBody {
  @Text({
    max: 320,
    example: EXAMPLE_EMAIL,
    description:
      'Whoever first signs in with this address, verified by the sign-in provider, is this user from then on',
  })
  email: string;

  @Text({ ...NAME, required: false })
  name?: string;

  @OneOf(ROLES, ROLE)
  role: Role;
}

export class UpdateUserBody {
  @Text({ ...NAME, required: false })
  name?: string;

  @OneOf(ROLES, { ...ROLE, required: false })
  role?: Role;

  @Flag({ required: false, description: 'True: their sessions end now, and they can begin none' })
  disabled?: boolean;
}

export const USER_STATES = ['invited', 'active', 'disabled'] as const;

export class UserView {
  @Id() id: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: a user of the platform' })
  tenantId: string | null;
  @Text({ max: 320, example: EXAMPLE_EMAIL }) email: string;
  @Text({ ...NAME, nullable: true }) name: string | null;
  @OneOf(ROLES, ROLE) role: Role;
  @OneOf(['invitation', 'claim'], { description: '`claim`: the sign-in provider says who they are and their role' })
  madeBy: 'invitation' | 'claim';
  @OneOf(USER_STATES, { description: '`invited`: they have not signed in yet' }) state: (typeof USER_STATES)[number];
  @Text({ max: 100, example: 'admin', description: 'Who invited them' }) createdBy: string;
  @Instant() createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When they last signed in' })
  lastSignedInAt: string | null;
}
