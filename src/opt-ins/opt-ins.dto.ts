/** Request and response shapes of opt-in requests. */
import { ApiProperty } from '@nestjs/swagger';
import { CONSENT_SOURCE, Evidence } from '../consent/index.js';
import { TemplateChoice } from '../dispatch/index.js';
import { Id, Instant, Int, Nested, OneOf, PageQuery, Text } from '../kernel/index.js';
import { LanguageTag } from '../templates/index.js';
import { VenueRef, type Channel } from '../tenants/index.js';
import { CONFIRMED_BY, OPT_IN_STATUSES, type ConfirmedBy, type OptInStatus } from './opt-in-requests.js';

/** Those on which a person can confirm; a call has no link, and a picture belongs to the texts. */
const OPT_IN_CHANNELS = ['email', 'sms', 'whatsapp'] as const;

export class RequestOptInBody {
  @VenueRef()
  venueId: string;

  @OneOf(OPT_IN_CHANNELS, {
    required: false,
    description: 'Where absent: `email` for an address with an @, else `sms`',
  })
  channel?: Channel;

  @Text({ max: 320, example: 'ana@example.com' })
  address: string;

  @Text({ ...CONSENT_SOURCE, example: 'newsletter form', description: 'Where the person asked for it' })
  source: string;

  @Evidence()
  evidence?: Record<string, unknown>;

  @Nested(() => TemplateChoice, {
    required: false,
    description:
      'A transactional template, which gets `confirm_url`: an email must show it. For a text, absent: words of our own, by which the person replies YES',
    example: { key: 'confirm-news' },
  })
  template?: TemplateChoice;

  @LanguageTag({ required: false, description: 'Of the person; English where absent', example: 'de-AT' })
  language?: string;

  @Int({ required: false, min: 1, max: 168, default: 72, description: 'After so many hours nothing confirms it' })
  expiresInHours?: number;
}

export class ListOptInRequestsQuery extends PageQuery {
  @VenueRef({ required: false, description: 'Only of this venue' })
  venueId?: string;

  @OneOf(OPT_IN_CHANNELS, { required: false })
  channel?: Channel;

  @Text({ required: false, max: 320, example: 'ana@example.com', description: 'Only of this address' })
  address?: string;

  @OneOf(OPT_IN_STATUSES, { required: false })
  status?: OptInStatus;
}

export class OptInRequestView {
  @Id() id: string;
  @Id() venueId: string;
  @OneOf(OPT_IN_CHANNELS, { example: 'email' }) channel: string;
  @Text({ max: 320, example: 'ana@example.com' }) address: string;
  @OneOf(OPT_IN_STATUSES, {
    description:
      '`expired`: nobody confirmed in time; `replaced`: the person was asked anew; `withdrawn`: the person opted out before they followed the link',
  })
  status: OptInStatus;
  @Text({ ...CONSENT_SOURCE, example: 'newsletter form' }) source: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { form: 'footer', ip: '192.0.2.7' },
  })
  evidence: Record<string, unknown> | null;
  @Text({ max: 100, example: 'key:0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', description: 'Who asked for it' })
  requestedBy: string;
  @Id({ description: 'What the person was sent: `GET /api/messages/{id}` says whether it arrived' }) messageId: string;
  @Instant() createdAt: string;
  @Instant() expiresAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) confirmedAt: string | null;
  @ApiProperty({ enum: CONFIRMED_BY, type: String, nullable: true, example: 'link' }) confirmedBy: ConfirmedBy | null;
}
