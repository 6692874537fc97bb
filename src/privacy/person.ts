/** The person whom an erasure or an export is about: one address at one tenant. */
import { erasedAddress, type Channel } from '../tenants/index.js';

export type PersonKind = 'email' | 'phone';

export interface Person {
  readonly tenantId: string;
  readonly kind: PersonKind;
  /** Normalised. */
  readonly address: string;
}

/** As consent names them: all that reach the address. */
export const channelsOf = ({ kind }: Person): readonly Channel[] =>
  kind === 'email' ? ['email'] : ['sms', 'whatsapp', 'voice'];

/** Parameters 1 to 5 of a statement that `asPerson` begins. */
export const valuesOf = (person: Person): readonly unknown[] => [
  person.tenantId,
  person.address,
  patternOf(person),
  erasedAddress(person.address),
  // A number may stand in JSON without quotes, where only another number may take its place.
  person.kind === 'email' ? '[erased]' : '0',
];

const escaped = (text: string): string => text.replaceAll(/[^\w]/g, String.raw`\$&`);
const END_OF_CODE = '(?<=%[0-9A-Fa-f]{2})';

/**
 * A regular expression of PostgreSQL and of JavaScript, to be used without regard to case: the address as it stands in texts, JSON and URLs,
 * and no longer address that contains it. Another spelling of a number, such as one with spaces, is not found.
 */
export function patternOf({ kind, address }: Person): string {
  if (kind === 'phone') {
    const digits = address.replace(/^\+/, '');
    return String.raw`(?:(?:\+|%2B)|(?<!\d)(?:00)?)${escaped(digits)}(?!\d)`;
  }
  const [name = '', domain = ''] = address.split('@');
  return String.raw`(?:${END_OF_CODE}|(?<![\w.+%-]))${escaped(name).replaceAll(String.raw`\+`, String.raw`(?:\+|%2B)`)}(?:@|%40)${escaped(domain)}(?!\.?[\w-])`;
}
