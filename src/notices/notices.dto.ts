/** Request and response shapes of notices. */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { Id, Instant, isWebAddress, OneOf, PageQuery, Text, WEB_ADDRESS } from '../kernel/index.js';
import { DELIVERY_CHANNELS, DELIVERY_STATES, type DeliveryChannel, type DeliveryState } from './delivery.js';
import type { Language } from './letter.js';
import { LetterLanguage, Mailboxes } from './notices.fields.js';

const MOST_EMAILS = 10;

const Url = (): PropertyDecorator =>
  applyDecorators(
    Text({
      required: false,
      nullable: true,
      max: 2_000,
      example: 'https://hooks.example.com/callboard',
      description: 'Is posted to, signed by the secret of `POST /api/notices/secret`, which must have been made',
    }),
    ValidateBy(
      { name: 'webAddress', validator: { validate: (value) => value === null || isWebAddress(value) } },
      { message: `$property must be ${WEB_ADDRESS}` },
    ),
  );

/** Whom to tell. */
export class NoticeTargetsBody {
  @Mailboxes({ required: false, max: MOST_EMAILS, description: 'Are written to from the platform’s own address' })
  emails?: string[];

  @Url() url?: string | null;

  @LetterLanguage() language: Language = 'en';
}

export class ListNoticesQuery extends PageQuery {
  @Text({ required: false, max: 60, example: 'budget.warning' }) kind?: string;
  @OneOf(DELIVERY_STATES, { required: false, description: 'Notices with a delivery in this state' })
  state?: DeliveryState;
}

export class RedeliverBody {
  @Id({ required: false, description: 'One delivery, also if it has arrived; when absent all that have not' })
  deliveryId?: string;
}

export class NoticeDeliveryView {
  @Id() id: string;
  @OneOf(DELIVERY_CHANNELS) channel: DeliveryChannel;
  @ApiProperty({ enum: ['tenant', 'operator'], example: 'tenant', description: 'Only the operator sees its own' })
  audience: 'tenant' | 'operator';
  @OneOf(DELIVERY_STATES, { example: 'delivered' }) state: DeliveryState;
  @ApiProperty({ example: 1, description: 'Since it was last asked for' }) attempts: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Of the last attempt, such as `http_500`' })
  error: string | null;
  @Instant({ nullable: true, description: 'When it is tried next' }) nextAttemptAt: string | null;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export class NoticeView {
  @Id() id: string;
  @Text({ max: 60, example: 'budget.warning' }) kind: string;
  @Text({ max: 200, example: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12 2026-11 80' }) subject: string;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'Null: about no single tenant' })
  tenantId: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What is posted as `data`' })
  data: Readonly<Record<string, unknown>>;
  @Instant() createdAt: string;
  @ApiProperty({ type: [NoticeDeliveryView] }) deliveries: NoticeDeliveryView[];
}

export class NoticeSecretView {
  @Instant() createdAt: string;
  @Instant({ nullable: true, description: 'Until then notices are signed by the one before too' })
  previousUntil: string | null;
}

export class NewNoticeSecretView extends NoticeSecretView {
  @Text({ max: 100, example: `whsec_${'A'.repeat(43)}=`, description: 'Shown only here' }) secret: string;
}
