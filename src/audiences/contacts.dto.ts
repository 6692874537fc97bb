/** Shapes of the contact routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, PageQuery, Text } from '../kernel/index.js';
import { CONTACT_KINDS, type ContactKind } from './contact.kind.js';

const ADDRESS = { max: 320, example: 'ana@example.com' };

export class ContactsQuery extends PageQuery {
  @OneOf(CONTACT_KINDS, { required: false, description: 'Only this kind' })
  kind?: ContactKind;

  @Text({ required: false, ...ADDRESS, description: 'Only this address' })
  address?: string;
}

export class ContactPath {
  @Id({ description: 'The audience’s' })
  id: string;

  @Text({ ...ADDRESS, description: 'URL-encoded' })
  address: string;
}

export class ContactView {
  @OneOf(CONTACT_KINDS) kind: ContactKind;
  @Text(ADDRESS) address: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { name: 'Ana' },
    description: 'What templates may say of the person',
  })
  attributes: Record<string, unknown>;

  @Id({ description: 'The import that brought it, or changed it last' }) importId: string;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}
