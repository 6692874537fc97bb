/** Request and response shapes of the import routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, OneOf, Text, type StreamedContent } from '../../kernel/index.js';
import { ADDRESS_FIELDS, FAULT_CODES, FAULTS, LIST_FORMATS, type ListFormat } from '../../lists/index.js';

export const FORMAT_OF: Readonly<Record<string, ListFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
};

const CONTACT = {
  type: 'object',
  description:
    'At least one address, and whatever templates are to say of the person: any further field is an attribute.',
  properties: {
    address: { type: 'string', description: 'An email address or a phone number; `to` means the same' },
    email: { type: 'string' },
    phone: { type: 'string', description: 'Without a country code: one of the tenant’s country' },
    attributes: { type: 'object', additionalProperties: true, description: 'At most 16 KB and 8 levels' },
  },
  additionalProperties: true,
};

/** What an import accepts. */
export const IMPORT_BODY: StreamedContent = {
  limit: 1_000_000_000,
  content: {
    'application/json': {
      schema: {
        oneOf: [
          { type: 'object', required: ['contacts'], properties: { contacts: { type: 'array', items: CONTACT } } },
          { type: 'array', items: CONTACT },
        ],
      },
      example: {
        contacts: [{ email: 'ana@example.com', attributes: { name: 'Ana', event: { name: 'Summer Night' } } }],
      },
    },
    'application/x-ndjson': {
      schema: { type: 'string', description: 'One contact as JSON on each line' },
      example: '{"email":"ana@example.com","name":"Ana"}\n{"phone":"+491713920001","name":"Bo"}\n',
    },
    'text/csv': {
      schema: { type: 'string', description: 'The first line names the columns' },
      example: 'email,phone,name,event.name\nana@example.com,+491713920001,Ana,Summer Night\n',
    },
  },
};

export const IMPORT_STATUSES = ['running', 'finished', 'interrupted'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class ContactImportView {
  @Id() id: string;
  @Id() audienceId: string;
  @OneOf(LIST_FORMATS) format: ListFormat;

  @OneOf(IMPORT_STATUSES, {
    description: '`interrupted` can go on: send it again with the same Idempotency-Key. What is counted here is kept',
    example: 'finished',
  })
  status: ImportStatus;

  @Int({ ...COUNT, example: 1042, description: 'The line of the last row done; in a JSON list, its place' })
  lines: number;

  @Int({ ...COUNT, example: 1000, description: 'Contacts that are new in the audience' })
  inserted: number;

  @Int({ ...COUNT, example: 25, description: 'Contacts whose attributes have changed' })
  updated: number;

  @Int({ ...COUNT, example: 10, description: 'Contacts that were there just so' })
  unchanged: number;

  @Int({ ...COUNT, example: 2, description: 'Addresses that this import had brought before: the later row counts' })
  repeated: number;

  @Int({ ...COUNT, example: 4, description: 'Errors: addresses and rows that were not taken' })
  rejected: number;

  @Text({ max: 100, description: 'Whose key it came with', example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' })
  createdBy: string;

  @Instant() startedAt: string;
  @Instant({ description: 'When rows were last done' }) progressedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null while it runs' })
  endedAt: string | null;
}

export class ImportErrorView {
  @Int({ ...COUNT, example: 17, description: 'The line that the row begins on; in a JSON list, its place' })
  line: number;

  @OneOf(FAULT_CODES, { example: 'invalid_address' })
  code: string;

  @ApiProperty({ type: String, enum: [...ADDRESS_FIELDS], nullable: true, example: 'phone' })
  field: string | null;

  @Text({ max: 500, example: FAULTS.invalid_address })
  message: string;
}
