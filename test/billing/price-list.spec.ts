/** Reading price lists, and writing them so that they are read as the same. */
import fc from 'fast-check';
import { readerOf, type ListFormat } from '../../src/lists/index.js';
import { priceCsv } from '../../src/billing/prices/price-csv.js';
import type { PriceListKind, PriceLine } from '../../src/billing/prices/price-line.js';
import { PriceListDraft, type PriceListContent } from '../../src/billing/prices/price-list.js';
import { PRICE_COLUMNS, PRICE_VOCABULARY } from '../../src/billing/prices/price-row.js';
import { lists } from './price.arbitraries.js';

function draftOf(body: string, kind: PriceListKind, format: ListFormat = 'csv'): PriceListDraft {
  const draft = new PriceListDraft({ kind, name: kind === 'cost' ? 'twilio' : 'standard' });
  const reader = readerOf({ format, vocabulary: PRICE_VOCABULARY });
  for (const row of [...reader.read(Buffer.from(body)), ...reader.end()]) draft.add(row);
  return draft;
}

function contentOf(body: string, kind: PriceListKind, format?: ListFormat): PriceListContent {
  const read = draftOf(body, kind, format).finish();
  expect(read).toHaveProperty('hash');
  return read as PriceListContent;
}

/** Lines as texts, in one order: sets of objects take jest long to compare. */
const textsOf = (lines: readonly PriceLine[]): string[] =>
  lines
    .map(({ rate, ...line }) =>
      JSON.stringify([Object.entries(line).map(String).toSorted(), Object.entries(rate).map(String)]),
    )
    .toSorted();

/** Faults in short: `line code`. */
function faultsOf(body: string, kind: PriceListKind = 'plan', format?: ListFormat): string[] {
  const read = draftOf(body, kind, format).finish();
  return 'hash' in read ? [] : read.map(({ line, code, field }) => `${line} ${code} ${field}`);
}

const csv = (...rows: string[]): string => rows.map((row) => `${row}\n`).join('');
const one = (columns: string, row: string): string => csv(columns, row);
const SMS = 'channel,unit,price,currency';

describe('A price list', () => {
  test.each(['cost', 'plan'] as const)('of kind %s is written as CSV that is read as the same version', (kind) => {
    fc.assert(
      fc.property(lists(kind), (lines: PriceLine[]) => {
        const read = contentOf(priceCsv(lines, 'USD'), kind);
        expect(textsOf(read.lines)).toEqual(textsOf(lines));
        const again = contentOf(priceCsv(read.lines, read.currency), kind);
        expect(again).toEqual(read);
      }),
    );
  });

  test('is the same version in whichever order its rows stand', () => {
    const orders = lists('plan').chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    );
    fc.assert(
      fc.property(orders, ([some, others]) => {
        const [left, right] = [some, others].map((lines) => contentOf(priceCsv(lines, 'EUR'), 'plan'));
        expect(left).toEqual(right);
      }),
    );
  });

  test('is another version with any other price', () => {
    const hashes = ['0.0079', '0.0078', '0.00790'].map((price) =>
      contentOf(one(SMS, `sms,segment,${price},USD`), 'cost'),
    );
    expect(hashes[0]?.hash).not.toBe(hashes[1]?.hash);
    expect(hashes[0]?.hash).toBe(hashes[2]?.hash);
  });

  test('is read with semicolons, other spellings of columns, and words in capitals', () => {
    const body = csv(
      'Channel;Country;Sender Type;Unit;Price;Carrier Fee;Valid-From;Currency;Note',
      'SMS;US;Toll_Free;Segment;0.0083;0.003;2026-01-01;USD;illustrative',
    );
    expect(contentOf(body, 'cost').lines).toEqual([
      {
        channel: 'sms',
        direction: 'outbound',
        country: 'US',
        prefix: null,
        senderType: 'toll_free',
        category: null,
        provider: null,
        fromUnit: 1,
        validFrom: new Date('2026-01-01T00:00:00Z'),
        rate: { kind: 'price', unit: 'segment', price: 8_300n, carrierFee: 3_000n },
      },
    ]);
  });

  test('is the same as JSON and as lines of JSON', () => {
    const rows = [
      { channel: 'sms', unit: 'segment', price: '0.0079', currency: 'USD' },
      { channel: 'sms', unit: 'segment', price: '0.005', fromUnit: 1001, currency: 'USD' },
    ];
    const list = contentOf(
      csv('channel,unit,price,from_unit,currency', 'sms,segment,0.0079,,USD', 'sms,segment,0.005,1001,USD'),
      'plan',
    );
    expect(contentOf(JSON.stringify(rows), 'plan', 'json')).toEqual(list);
    expect(contentOf(csv(...rows.map((row) => JSON.stringify(row))), 'plan', 'ndjson')).toEqual(list);
  });

  test('takes no decimal number of JSON, which is no exact amount', () => {
    const rows = [{ channel: 'sms', unit: 'segment', price: 0.0079, currency: 'USD' }];
    expect(faultsOf(JSON.stringify(rows), 'plan', 'json')).toEqual(['1 not_text price']);
  });
});

test('Whatever a row holds, it is a price or has a fault', () => {
  const cells = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'sms',
      'email',
      'number',
      'DE',
      '+49',
      'USD',
      'segment',
      'recipient',
      '1',
      '0.5',
      '2026-01-01',
      'inbound',
    ),
    fc.double(),
    fc.bigInt({ min: 0n, max: 10n ** 12n }).map(Number),
    fc.constantFrom(null, true, '１', '1e999', '9'.repeat(400), '+0', '275760-09-13', 'ſms', '__proto__'),
  );
  const rows = fc.dictionary(fc.constantFrom(...PRICE_COLUMNS, 'note'), cells, { minKeys: 3 });
  fc.assert(
    fc.property(rows, (row) => {
      const read = draftOf(`${JSON.stringify(row)}\n`, 'plan', 'ndjson').finish();
      if ('hash' in read) expect(contentOf(priceCsv(read.lines, read.currency), 'plan')).toEqual(read);
      else expect(read.length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

describe('A row is refused for', () => {
  test.each<[string, string, string, PriceListKind?]>([
    ['a price of seven decimals', one(SMS, 'sms,segment,0.0000001,USD'), '2 too_precise price'],
    ['a decimal comma', one(SMS, 'sms,segment,"0,0079",USD'), '2 unclear_amount price'],
    ['a negative price', one(SMS, 'sms,segment,-1,USD'), '2 unclear_amount price'],
    ['a price with its currency', one(SMS, 'sms,segment,0.01 USD,USD'), '2 unclear_amount price'],
    ['an unknown channel', one(SMS, 'fax,message,1,USD'), '2 unclear_channel channel'],
    ['no channel', one(SMS, ',message,1,USD'), '2 no_channel channel'],
    ['a unit that its channel has not', one(SMS, 'email,segment,1,USD'), '2 unit_of_channel unit'],
    ['no unit', one(SMS, 'sms,,1,USD'), '2 no_unit unit'],
    ['no price', one(SMS, 'sms,segment,,USD'), '2 no_rate price'],
    ['no currency', one(SMS, 'sms,segment,1,'), '2 no_currency currency'],
    ['a currency in small letters', one(SMS, 'sms,segment,1,usd'), '2 unclear_currency currency'],
    ['a misspelt column', one(`${SMS},contry`, 'sms,segment,1,USD,DE'), '2 unknown_field null'],
    ['a country that there is not', one(`${SMS},country`, 'sms,segment,1,USD,XX'), '2 unclear_country country'],
    ['a prefix without its plus', one(`${SMS},prefix`, 'sms,segment,1,USD,4915'), '2 unclear_prefix prefix'],
    ['a country and a prefix', one(`${SMS},country,prefix`, 'sms,segment,1,USD,DE,+49'), '2 country_and_prefix prefix'],
    ['an email to a country', one(`${SMS},country`, 'email,message,1,USD,DE'), '2 destination_of_email null'],
    ['a category of an SMS', one(`${SMS},category`, 'sms,segment,1,USD,utility'), '2 category_of_channel category'],
    ['an unknown provider', one(`${SMS},provider`, 'sms,segment,1,USD,acme'), '2 unclear_provider provider'],
    [
      'another provider than its list',
      one(`${SMS},provider`, 'sms,segment,1,USD,plivo'),
      '2 other_provider provider',
      'cost',
    ],
    ['a day that there is not', one(`${SMS},valid_from`, 'sms,segment,1,USD,2026-02-30'), '2 unclear_time valid_from'],
    ['tier zero', one(`${SMS},from_unit`, 'sms,segment,1,USD,0'), '2 unclear_count from_unit'],
    ['a price and a markup', one(`${SMS},markup_percent`, 'sms,segment,1,USD,5'), '2 several_rates null'],
    ['a markup with a unit', one(`${SMS},markup_percent`, 'sms,segment,,USD,5'), '2 unit_of_markup unit'],
    [
      'a markup of a thousandth',
      one('channel,markup_percent,currency', 'sms,5.001,USD'),
      '2 unclear_percent markup_percent',
    ],
    ['a markup on costs', one('channel,markup_percent,currency', 'sms,5,USD'), '2 not_for_costs null', 'cost'],
    [
      'a fee beside a markup',
      one('channel,markup_percent,carrier_fee,currency', 'sms,5,1,USD'),
      '2 fee_without_price carrier_fee',
    ],
    [
      'included units of a country',
      one('channel,unit,included,country,currency', 'sms,segment,5,DE,USD'),
      '2 scope_of_allowance null',
    ],
    ['another number of columns', one(SMS, 'sms,segment,1'), '2 column_count null'],
  ])('%s', (_, body, expected, ...[kind]) => {
    expect(faultsOf(body, kind)).toEqual([expected]);
  });

  test('what rows before it say: the same price, another currency, another unit, other tiers', () => {
    const body = csv(
      `${SMS},from_unit`,
      'sms,segment,1,USD,',
      'sms,segment,2,USD,',
      'sms,segment,2,EUR,5',
      'sms,message,2,USD,9',
      'mms,message,2,USD,9',
    );
    expect(faultsOf(body)).toEqual([
      '3 repeated_price null',
      '4 currency_differs currency',
      '5 units_differ unit',
      '6 no_first_tier from_unit',
    ]);
    expect(
      faultsOf(csv('channel,unit,price,markup_percent,from_unit,currency', 'sms,segment,1,,,USD', 'sms,,,5,9,USD')),
    ).toEqual(['3 tiers_differ null']);
  });

  test('each thing that is wrong with it at once', () => {
    expect(faultsOf(one(`${SMS},country`, 'sms,,0.0000001,usd,xx'))).toEqual([
      '2 unclear_country country',
      '2 no_unit unit',
      '2 unclear_currency currency',
    ]);
  });
});
