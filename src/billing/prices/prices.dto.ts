/** Request and response shapes of the price routes. */
import { ApiProperty } from '@nestjs/swagger';
import {
  Flag,
  Id,
  Instant,
  Int,
  IntParam,
  iso,
  OneOf,
  PageQuery,
  Text,
  type StreamedContent,
} from '../../kernel/index.js';
import { PROVIDERS, SENDER_TYPES, type ProviderName, type SenderType } from '../../tenants/index.js';
import { PRICE_FAULT_CODES, PRICE_FAULTS, type PriceFaultCode } from './price-faults.js';
import {
  DIRECTIONS,
  PRICE_LIST_KINDS,
  PRICE_UNITS,
  PRICED_CHANNELS,
  WHATSAPP_CATEGORIES,
  type Direction,
  type ListedPrice,
  type PriceListKind,
  type PriceUnit,
  type PricedChannel,
  type WhatsAppCategory,
} from './price-line.js';
import type { PriceListName } from './price-list.js';
import type { VersionRow } from './price-store.js';
import { UNKNOWN_REASONS, type Amount, type UnknownReason } from './quote.rules.js';

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const CURRENCY = { type: String, nullable: true, example: 'USD' } as const;
const MICROS = { type: 'integer', format: 'int64' } as const;
const NAME = {
  max: 63,
  pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/,
  meaning: 'lower-case letters, digits and single hyphens',
  example: 'standard',
  description: 'Of costs the provider, such as `twilio`; of what tenants are charged the plan',
};
const ROW = { channel: 'sms', country: 'US', unit: 'segment', price: '0.0083', carrier_fee: '0.003', currency: 'USD' };

/** What an import accepts. */
export const PRICES_BODY: StreamedContent = {
  limit: 20_000_000,
  content: {
    'application/json': {
      schema: { type: 'array', items: { type: 'object', additionalProperties: true } },
      example: [ROW],
    },
    'application/x-ndjson': {
      schema: { type: 'string', description: 'One price as JSON on each line' },
      example: `${JSON.stringify(ROW)}\n`,
    },
    'text/csv': {
      schema: { type: 'string', description: 'The first line names the columns' },
      example: `${Object.keys(ROW).join(',')}\n${Object.values(ROW).join(',')}\n`,
    },
  },
};

export class PriceListQuery implements PriceListName {
  @OneOf(PRICE_LIST_KINDS, {
    example: 'plan',
    description: '`cost`: what we pay a provider. `plan`: what tenants of a plan are charged',
  })
  kind: PriceListKind;

  @Text(NAME) name: string;
}

export class PutPricesQuery extends PriceListQuery {
  @Instant({ required: false, description: 'From when the version is valid; from now on when absent' })
  validFrom?: Date;
}

export class PriceVersionQuery extends PriceListQuery {
  @IntParam({ required: false, min: 1, max: 1_000_000_000, description: 'The newest when absent' })
  version?: number;
}

export class PriceVersionsQuery extends PageQuery implements PriceListName {
  @OneOf(PRICE_LIST_KINDS, { example: 'plan' }) kind: PriceListKind;
  @Text(NAME) name: string;
}

export class PriceLinesQuery extends PriceVersionsQuery {
  @IntParam({ required: false, min: 1, max: 1_000_000_000, description: 'The newest when absent' })
  version?: number;
}

export class PriceVersionView {
  @Id() id: string;
  @OneOf(PRICE_LIST_KINDS) kind: PriceListKind;
  @Text(NAME) name: string;
  @Int({ min: 1, max: COUNT.max, example: 3 }) version: number;
  @Text({ max: 3, example: 'USD' }) currency: string;
  @Int({ ...COUNT, example: 240 }) lines: number;
  @Text({ max: 64, example: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c' }) contentHash: string;
  @Instant({ description: 'Of all versions that have begun, the one that began last counts' }) validFrom: string;
  @Text({ max: 100, example: 'admin' }) createdBy: string;
  @Instant() createdAt: string;
}

export class PutPricesView extends PriceVersionView {
  @Flag({ example: true, description: 'False: the newest version says the same, and stays' }) isNew: boolean;
}

export class PriceErrorView {
  @Int({ ...COUNT, example: 17, description: 'The line that the row begins on; in a JSON list, its place' })
  line: number;

  @OneOf(PRICE_FAULT_CODES, { example: 'too_precise' }) code: PriceFaultCode;
  @ApiProperty({ type: String, nullable: true, example: 'price' }) field: string | null;
  @Text({ max: 500, example: PRICE_FAULTS.too_precise }) message: string;
}

export class PricesPreview {
  @Int({ ...COUNT, example: 240, description: 'Lines of the version; 0 if the list would be refused' }) lines: number;
  @ApiProperty(CURRENCY) currency: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Null if the list would be refused' })
  contentHash: string | null;
  @Flag({ description: 'Whether it says anything else than the newest version' }) isNew: boolean;
  @Int({ ...COUNT, example: 0, description: 'Faults: with any, nothing of the list would be taken' }) rejected: number;
  @ApiProperty({ type: [PriceErrorView], description: 'The first 100' }) errors: PriceErrorView[];
}

/** What a line of either view is for. */
class ScopeView {
  @Int({ min: 1, max: COUNT.max, example: 12, description: 'Its place in the version' }) line: number;
  @OneOf(PRICED_CHANNELS, { example: 'sms' }) channel: PricedChannel;
  @OneOf(DIRECTIONS) direction: Direction;
  @ApiProperty({ type: String, nullable: true, example: 'US' }) country: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) prefix: string | null;
  @ApiProperty({ enum: SENDER_TYPES, nullable: true, example: null }) senderType: SenderType | null;
  @ApiProperty({ enum: WHATSAPP_CATEGORIES, nullable: true, example: null }) category: WhatsAppCategory | null;
  @ApiProperty({ enum: PROVIDERS, nullable: true, example: null }) provider: ProviderName | null;
  @ApiProperty({ enum: PRICE_UNITS, nullable: true, example: 'segment', description: 'Null: that of the cost' })
  unit: PriceUnit | null;
  @Int({ min: 1, max: COUNT.max, example: 1, description: 'From this unit of the month on' }) fromUnit: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it has always been so' })
  validFrom: string | null;
  @Text({ max: 3, example: 'USD' }) currency: string;
  @ApiProperty({ ...MICROS, nullable: true, example: 8300, description: 'Of a unit, in micros' })
  priceMicros: number | null;
  @ApiProperty({ ...MICROS, nullable: true, example: 3000, description: 'Of a unit, on top of the price' })
  carrierFeeMicros: number | null;
  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Units of a month free of charge' })
  included: number | null;
}

export class PriceLineView extends ScopeView {
  @ApiProperty({ type: 'integer', nullable: true, example: null, description: 'Hundredths of a percent of the cost' })
  markupBasisPoints: number | null;
  @ApiProperty({ ...MICROS, nullable: true, example: null, description: 'On top of the cost of a unit' })
  markupFixedMicros: number | null;
}

export class ChargeView extends ScopeView {
  @Flag({ description: 'The price is worked out for each message: POST /api/prices/quote says it' }) isQuoted: boolean;
}

export class QuoteBody {
  @OneOf(PRICED_CHANNELS, { example: 'sms', description: '`number` is the rent of a phone number' })
  channel: PricedChannel;

  @OneOf(DIRECTIONS, { required: false, default: 'outbound' })
  direction: Direction = 'outbound';

  @Text({ required: false, max: 320, example: '+14155550100', description: 'The person’s number; not for email' })
  to?: string;

  @Text({
    required: false,
    max: 2,
    pattern: /^[A-Z]{2}$/,
    meaning: 'a country as ISO 3166-1 alpha-2, such as US',
    description: 'In place of `to`',
  })
  country?: string;

  @OneOf(PROVIDERS, { required: false, description: 'The tenant’s usual one for the channel when absent' })
  provider?: ProviderName;

  @OneOf(SENDER_TYPES, { required: false, example: 'long_code' })
  senderType?: SenderType;

  @OneOf(WHATSAPP_CATEGORIES, { required: false, description: 'Of a WhatsApp message' })
  category?: WhatsAppCategory;

  @Int({ required: false, min: 1, max: 1_000, default: 1, example: 2 }) segments: number = 1;
  @Int({ required: false, min: 1, max: 1_000, default: 1 }) recipients: number = 1;
  @Int({ required: false, min: 1, max: 1_000, default: 1 }) minutes: number = 1;
  @Int({ required: false, min: 1, max: 1_000, default: 1, description: 'Of rent' }) months: number = 1;

  @Int({
    required: false,
    min: 0,
    max: 1_000_000_000,
    default: 0,
    description: 'Units that the tenant has used before, this month on this channel and direction',
  })
  used: number = 0;

  @Instant({ required: false, description: 'Now when absent' }) at?: Date;
}

export class AmountView {
  @Flag({ example: true }) isKnown: boolean;
  @ApiProperty({ enum: UNKNOWN_REASONS, nullable: true, example: null, description: 'Why no price is known' })
  unknown: UnknownReason | null;
  @ApiProperty({
    ...MICROS,
    nullable: true,
    example: 22600,
    description: 'Null if it is not known, and never zero then',
  })
  micros: number | null;
  @ApiProperty(CURRENCY) currency: string | null;
  @ApiProperty({ enum: PRICE_UNITS, nullable: true, example: 'segment' }) unit: PriceUnit | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 2 }) units: number | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 0, description: 'Of the units, those that are included' })
  included: number | null;
  @ApiProperty({ type: String, nullable: true, example: 'standard', description: 'The price list' }) list:
    string | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 3 }) version: number | null;
  @ApiProperty({ type: [Number], example: [12], description: 'Places of the lines in the version' }) lines: number[];
}

export class QuoteView {
  @Instant() at: string;
  @OneOf(PRICED_CHANNELS, { example: 'sms' }) channel: PricedChannel;
  @OneOf(DIRECTIONS) direction: Direction;
  @OneOf(PROVIDERS, { example: 'twilio' }) provider: ProviderName;
  @ApiProperty({ type: String, nullable: true, example: 'US' }) country: string | null;
  @ApiProperty({ type: AmountView, description: 'What the tenant pays' }) charge: AmountView;
  @ApiProperty({ type: AmountView, nullable: true, description: 'What we pay; null for a tenant’s key' })
  cost: AmountView | null;
}

export function versionView({ kind, name }: PriceListName, row: VersionRow): PriceVersionView {
  const { id, version, currency, lines, content_hash: contentHash, created_by: createdBy } = row;
  const times = { validFrom: iso(row.valid_from), createdAt: iso(row.created_at) };
  return { id, kind, name, version, currency, lines, contentHash, createdBy, ...times };
}

export function priceLineView(line: ListedPrice, currency: string): PriceLineView {
  const { rate } = line;
  return {
    ...scopeView(line, currency),
    markupBasisPoints: rate.kind === 'markup' ? Number(rate.basisPoints) : null,
    markupFixedMicros: rate.kind === 'markup' ? Number(rate.fixed) : null,
  };
}

/** A markup would tell what we pay. */
export const chargeView = (line: ListedPrice, currency: string): ChargeView => ({
  ...scopeView(line, currency),
  isQuoted: line.rate.kind === 'markup',
});

function scopeView({ place, rate, validFrom, ...scope }: ListedPrice, currency: string): ScopeView {
  return {
    ...scope,
    line: place,
    validFrom: iso(validFrom),
    currency,
    unit: rate.kind === 'markup' ? null : rate.unit,
    priceMicros: rate.kind === 'price' ? Number(rate.price) : null,
    carrierFeeMicros: rate.kind === 'price' ? Number(rate.carrierFee) : null,
    included: rate.kind === 'allowance' ? rate.included : null,
  };
}

const UNKNOWN = { micros: null, currency: null, unit: null, units: null, included: null, list: null, version: null };

export function amountView(amount: Amount): AmountView {
  if ('unknown' in amount) return { isKnown: false, unknown: amount.unknown, ...UNKNOWN, lines: [] };
  const { micros, unit, units, included, lines, prices } = amount;
  const { currency, name: list, version } = prices;
  const known = { isKnown: true, unknown: null, micros: Number(micros), currency };
  return { ...known, unit, units, included, list, version, lines: [...lines] };
}
