/** Request and response shapes of erasures and exports. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, NestedList, OneOf, Text, Flag } from '../kernel/index.js';
import { ERASURE_STATES, type ErasureState } from './erasure-store.js';
import type { PersonKind } from './person.js';

const KINDS = ['email', 'phone'] as const;

export class PersonBody {
  @Text({
    max: 320,
    example: 'ana@example.com',
    description: 'An email address or a phone number. Each address of a person is asked for by itself',
  })
  address: string;
}

export class ErasedTableView {
  @Text({ max: 100, example: 'message' }) table: string;
  @Int({ min: 1, max: Number.MAX_SAFE_INTEGER, example: 3 }) rows: number;
  @Instant({ description: 'When the last of them was erased' }) at: string;
}

export class ErasureView {
  @Id() id: string;
  @OneOf(KINDS, { example: 'email' }) kind: PersonKind;
  @OneOf(ERASURE_STATES, {
    example: 'watching',
    description:
      '`running`: rows are erased; `watching`: all are, and what providers report late is erased too; `done`: nothing is looked for any more',
  })
  state: ErasureState;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: 'Who asked for it' })
  requestedBy: string;
  @Instant() requestedAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) erasedAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) watchedUntil: string | null;
}

export class CertificateView {
  @Id() erasureId: string;
  @Id() tenantId: string;
  @OneOf(KINDS, { example: 'email' }) kind: string;
  @Instant() requestedAt: string;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' }) requestedBy: string;
  @Instant({ description: 'When everything had been gone through for the first time' }) erasedAt: string;
  @Instant({ description: 'Until then what providers report late is erased too' }) watchedUntil: string;
  @Flag({ example: true, description: 'Nothing is looked for any more, and the certificate stays as it is' })
  isFinal: boolean;
  @NestedList(() => ErasedTableView, {
    max: 200,
    description: 'Rows that were deleted, or whose personal columns were emptied',
  })
  tables: ErasedTableView[];
  @Text({
    max: 64,
    example: '3b1f8e5c0d7a4f6e9b2c1d8a7e6f5b4c3a2d1e0f9b8c7d6e5f4a3b2c1d0e9f8a',
    description: 'SHA-256 in hex of the fields before it, as JSON in this order without spaces',
  })
  contentHash: string;
}

export class PersonExportView {
  @Id() id: string;
  @OneOf(KINDS, { example: 'email' }) kind: PersonKind;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: 'Who asked for it' })
  requestedBy: string;
  @Instant() requestedAt: string;
  @Instant({ description: 'Until then its content can be read' }) expiresAt: string;
}
