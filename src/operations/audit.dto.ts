/** Requests and responses of the audit log. */
import { ApiProperty } from '@nestjs/swagger';
import { Id, Instant, IntParam, OneOf, Text, type PageQuery } from '../kernel/index.js';

/** Selects records; an omitted field does not filter. */
export class AuditFilterQuery {
  @Text({ required: false, max: 60, example: 'sender.update' }) action?: string;
  @Text({ required: false, max: 60, example: 'admin', description: '`admin`, or `key:` or `user:` and an id' })
  actor?: string;
  @Text({ required: false, max: 60, example: 'sender', description: 'The kind of object that was changed' })
  object?: string;
  @Text({
    required: false,
    max: 100,
    example: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
    description: 'Its id; a template’s key',
  })
  objectId?: string;
  @Instant({ required: false, description: 'Recorded at or after' }) since?: Date;
  @Instant({ required: false, description: 'Recorded before' }) until?: Date;
}

export class ListAuditQuery extends AuditFilterQuery implements PageQuery {
  @IntParam({ required: false, min: 1, max: 500, default: 50, description: 'How many items at the most' })
  limit = 50;

  @Text({ required: false, max: 500, description: 'The `nextCursor` of the page before' })
  cursor?: string;
}

const FORMATS = ['jsonl', 'csv'] as const;

export class ExportAuditQuery extends AuditFilterQuery {
  @OneOf(FORMATS, { required: false, default: 'jsonl', description: 'JSON Lines can be verified' })
  format: (typeof FORMATS)[number] = 'jsonl';
}

const hash = {
  type: String,
  nullable: true,
  example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
};

export class AuditView {
  @Id() id: string;
  @Instant() at: string;
  @ApiProperty({ example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: '`admin`, the API key or the user' })
  actor: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'What a user is called; null for who is none, or is one no more',
  })
  actorName: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['loopback', 'private', 'public'],
    description: 'From what kind of address; null if nobody called, and for what is older than this field',
  })
  origin: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: for all tenants' }) tenantId:
    string | null;
  @ApiProperty({ example: 'sender.update' }) action: string;
  @ApiProperty({ type: String, nullable: true, example: 'sender', description: 'The kind of object that was changed' })
  objectKind: string | null;
  @ApiProperty({ type: String, nullable: true, example: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: 'Its id' })
  objectId: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { changes: { ratePerSecond: { from: null, to: 10 } } },
    description: '`changes`: the fields that changed, with the values before and after',
  })
  details: Record<string, unknown>;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 42,
    description: 'Its place in the chain of its tenant, or of the platform; null if it is older than the chain',
  })
  seq: number | null;
  @ApiProperty({ ...hash, description: 'The hash of the record before it' })
  previousHash: string | null;
  @ApiProperty({ ...hash, description: 'SHA-256 of that and of what is recorded here' })
  hash: string | null;
}

export class AuditHeadView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: the platform’s chain' }) tenantId:
    string | null;
  @ApiProperty({ example: 42, description: 'The place of the last record' }) seq: number;
  @ApiProperty({ ...hash, nullable: false, description: 'Its hash, which stands for all records before it' })
  hash: string;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-28T18:04:11.204117Z' }) at: string;
}
