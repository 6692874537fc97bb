/** Request and response shapes of an inbound message from a person. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBase64, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { NestedList } from '../kernel/index.js';
import type { ProviderName } from '../providers/index.js';
import { Optional } from './fault-plan.rules.js';
import { HEARING_PROVIDERS } from './sandbox.options.js';

const ADDRESS = /^(?:whatsapp:)?\+[1-9]\d{6,14}$/;
const USER_ID = /[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
const PERSON = new RegExp(`${ADDRESS.source}|^whatsapp:${USER_ID.source}`);
const ADDRESS_MESSAGE = '$property must be a phone number such as +14155550100, or whatsapp:+14155550100';

export class SandboxInboundMedium {
  @ApiProperty({ example: 'image/png', description: 'As the provider tells it' })
  @Matches(/^[\w.+-]{1,60}\/[\w.+-]{1,60}$/, { message: '$property must be a media type such as image/png' })
  mediaType: string;

  @ApiProperty({ description: 'The bytes, in Base64', example: 'iVBORw0KGgo=' })
  @IsBase64({}, { message: '$property must be Base64' })
  content: string;
}

export class SandboxInbound {
  @ApiProperty({ enum: [...HEARING_PROVIDERS] })
  @IsIn(HEARING_PROVIDERS, {
    message: `provider must be ${HEARING_PROVIDERS.join(' or ')}: no other provider of the sandbox receives messages`,
  })
  provider: ProviderName;

  @ApiProperty({
    description: 'The person who writes; a WhatsApp user id (`whatsapp:DE.1349…`) hides the number',
    example: '+14155550100',
  })
  @Matches(PERSON, { message: `${ADDRESS_MESSAGE}, or whatsapp: and a user id such as DE.13491208655302741918` })
  from: string;

  @ApiPropertyOptional({
    description: 'WhatsApp: the person’s user id, told beside the number',
    example: 'DE.13491208655302741918',
  })
  @Optional()
  @Matches(new RegExp(`^${USER_ID.source}`), { message: '$property must be a user id such as DE.13491208655302741918' })
  userId?: string;

  @ApiProperty({ description: 'Our number', example: '+14155550199' })
  @Matches(ADDRESS, { message: ADDRESS_MESSAGE })
  to: string;

  @ApiProperty({ example: 'STOP', maxLength: 1_600 })
  @MaxLength(1_600)
  @IsString()
  body: string;

  @NestedList(() => SandboxInboundMedium, {
    required: false,
    max: 10,
    description: 'Pictures and the like: a text with any is an MMS. The provider keeps them behind its authentication',
  })
  media?: SandboxInboundMedium[];

  @ApiPropertyOptional({ enum: ['sms', 'whatsapp'], description: 'sms, unless an address says whatsapp:' })
  @Optional()
  @IsIn(['sms', 'whatsapp'])
  channel?: 'sms' | 'whatsapp';
}

export class SandboxInboundResult {
  @ApiProperty({ description: "The HTTP status of this service's answer to the webhook", example: 200 })
  status: number;

  @ApiProperty({ example: 'SM0123456789abcdef0123456789abcdef' })
  providerMessageId: string;
}
