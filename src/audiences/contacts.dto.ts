/** Request and response shapes of the contact routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, OneOf, PageQuery, Text } from '../kernel/index.js';
import { ADDRESS_KINDS, CHANNELS, type AddressKind, type Channel } from '../tenants/index.js';

const ADDRESS = { max: 320, example: 'ana@example.com' };

export class ContactsQuery extends PageQuery {
  @OneOf(ADDRESS_KINDS, { required: false, description: 'Only this kind' })
  kind?: AddressKind;

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
  @OneOf(ADDRESS_KINDS) kind: AddressKind;
  @Text(ADDRESS) address: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { name: 'Ana' },
    description: 'What templates may say of the person',
  })
  attributes: Record<string, unknown>;

  @Text({
    max: 320,
    example: 'customer:1042',
    description: 'Whose it is: contacts of one audience with the same text are one person',
  })
  person: string;

  @OneOf(CHANNELS, { nullable: true, description: 'Where the person would rather be written to' })
  preferredChannel: Channel | null;

  @Id({ description: 'The import that brought it, or changed it last' }) importId: string;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}
