/** Request and response shapes of the import routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, Int, OneOf, Text, type StreamedContent } from '../../kernel/index.js';
import { CONSENT_SOURCE, PastInstant } from '../../consent/index.js';
import {
  AddressColumnsQuery,
  DATE_ORDERS,
  FAULT_CODES,
  FAULTS,
  LIST_FORMATS,
  ListColumnView,
  type DateOrder,
  type ListFormat,
} from '../../lists/index.js';
import { ADDRESS_KINDS, CHANNELS, VenueRef, type AddressKind } from '../../tenants/index.js';

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
    'text/tab-separated-values': {
      schema: { type: 'string' },
      example: 'E-Mail\tTelefon\tname\nana@example.com\t+491713920001\tAna\n',
    },
  },
};

export const IMPORT_STATUSES = ['running', 'finished', 'interrupted'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

const COLUMN = { required: false, min: 0, max: 200 } as const;

/** How a list is to be read. */
export class ImportContactsQuery extends AddressColumnsQuery {
  @Text({
    ...COLUMN,
    description:
      'The column, or field, that holds the customer’s id: rows of one customer are one person; empty for none',
    example: 'Customer number',
  })
  customerId?: string;

  @Text({
    ...COLUMN,
    description: 'The one that says where people would rather be written to, such as `sms`; empty for none',
    example: 'Preferred channel',
  })
  preferredChannel?: string;

  @VenueRef({
    required: false,
    description:
      'Records the columns `email_consent`, `sms_consent`, `whatsapp_consent` and `voice_consent` as consent at this venue: yes is an opt-in, no an opt-out. Needs the scope `consent:write`',
  })
  consentVenueId?: string;

  @Text({ ...CONSENT_SOURCE, required: false, description: 'Where people decided it; `audience import` where absent' })
  consentSource?: string;

  @PastInstant({
    required: false,
    description:
      'When people decided it, where no column `consent_at`, or `sms_consent_at` and the like, says. Opt-ins need a time',
  })
  consentAt?: Date;

  @OneOf(DATE_ORDERS, { required: false, description: 'Of dates such as 05/01/2026, which can be read both ways' })
  dateOrder?: DateOrder;
}

export class ImportedConsents {
  @Int({ ...COUNT, example: 800, description: 'Decisions that changed what holds' }) recorded: number;
  @Int({ ...COUNT, example: 20, description: 'Decisions that held already, or have been decided otherwise since' })
  unchanged: number;
}

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

  @ApiProperty({
    type: [ListColumnView],
    nullable: true,
    description: 'How the columns of CSV were understood; null for JSON, in which each row names its own',
  })
  columns: readonly ListColumnView[] | null;

  @ApiProperty({ type: ImportedConsents, nullable: true, description: 'Null unless consent was to be read' })
  consents: ImportedConsents | null;

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

  @ApiProperty({ type: String, nullable: true, example: 'phone' })
  field: string | null;

  @Text({ max: 500, example: FAULTS.invalid_address })
  message: string;
}

export class PreviewedContact {
  @OneOf(ADDRESS_KINDS) kind: AddressKind;
  @Text({ max: 320, example: 'ana@example.com', description: 'Normalised' }) address: string;
}

export class PreviewedConsent {
  @OneOf(CHANNELS, { example: 'sms' }) channel: string;
  @Text({ max: 20, example: 'opted_in' }) status: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: from the import on' })
  occurredAt: string | null;
}

export class PreviewedRow {
  @Int({ ...COUNT, example: 2 }) line: number;
  @ApiProperty({ type: [PreviewedContact] }) contacts: PreviewedContact[];
  @ApiProperty({ type: 'object', additionalProperties: true, example: { name: 'Ana' } })
  attributes: Record<string, unknown>;
  @ApiProperty({ type: [PreviewedConsent] }) consents: PreviewedConsent[];
}

/** What an import would take and refuse. */
export class ContactImportPreview {
  @OneOf(LIST_FORMATS) format: ListFormat;
  @Int({ ...COUNT, example: 1042, description: 'The line of the last row; in a JSON list, its place' }) lines: number;
  @Int({ ...COUNT, example: 1000, description: 'Rows with an email address, repeated ones too' }) emails: number;
  @Int({ ...COUNT, example: 640, description: 'Rows with a phone number, repeated ones too' }) phones: number;
  @Int({ ...COUNT, example: 800, description: 'Opt-ins, if consent is to be read' }) optedIn: number;
  @Int({ ...COUNT, example: 20, description: 'Opt-outs, if consent is to be read' }) optedOut: number;
  @Int({ ...COUNT, example: 4, description: 'Errors: addresses and rows that would not be taken' }) rejected: number;
  @ApiProperty({
    type: [ListColumnView],
    nullable: true,
    description: 'How the columns of CSV are understood; null for JSON, in which each row names its own',
  })
  columns: readonly ListColumnView[] | null;
  @ApiProperty({ type: [PreviewedRow], description: 'The first 10 that have an address' }) rows: PreviewedRow[];
  @ApiProperty({ type: [ImportErrorView], description: 'The first 100' }) errors: ImportErrorView[];
}
