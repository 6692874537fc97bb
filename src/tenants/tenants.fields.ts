/** A tenant's fields with their own rules: country and time zone. */
import { applyDecorators } from '@nestjs/common';
import { IsTimeZone, ValidateBy } from 'class-validator';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { isHostName, Text, TextList, type FieldOptions } from '../kernel/index.js';

const COUNTRY = 'a country with phone numbers, as ISO 3166-1 alpha-2 in capitals, such as DE';
const ZONE = 'an IANA time zone, such as Europe/Berlin';

/** Optional; a country whose numbers can be parsed. */
export const Country = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    Text({ required: false, max: 2, pattern: /^[A-Z]{2}$/, meaning: COUNTRY, example: 'DE', ...options }),
    ValidateBy(
      { name: 'country', validator: { validate: (code) => isSupportedCountry(code as string) } },
      { message: `$property must be ${COUNTRY}` },
    ),
  );

/** Countries whose numbers can be parsed. */
export const Countries = (options: FieldOptions = {}): PropertyDecorator =>
  TextList({
    max: 250,
    of: (code) => typeof code === 'string' && isSupportedCountry(code),
    meaning: COUNTRY,
    example: ['DE', 'AT'],
    ...options,
  });

/**
 * Optional; `UTC`, or an area and a place. PostgreSQL and JavaScript must agree on it, and they differ on abbreviations (`IST`)
 * and offsets (`+02:00`, which PostgreSQL reads as west).
 */
export const TimeZone = (options: FieldOptions = {}): PropertyDecorator =>
  applyDecorators(
    Text({
      required: false,
      max: 64,
      pattern: /^(UTC|[A-Za-z_]+\/[\w/+-]+)$/,
      meaning: ZONE,
      example: 'Europe/Berlin',
      ...options,
    }),
    IsTimeZone({ message: `$property must be ${ZONE}` }),
  );

/** Where links may lead that are counted. */
export const LinkHosts = (options: FieldOptions = {}): PropertyDecorator =>
  TextList({
    max: 50,
    of: isHostName,
    meaning: 'a host name in lower case, such as example.com',
    example: ['example.com'],
    description:
      'Hosts, with all below them, that counted links lead to: a link to anywhere else stays as it is. Empty: none is counted',
    ...options,
  });
