/** Addresses, pure. */
import fc from 'fast-check';
import { AmbiguousAddress, InvalidAddress } from './addresses.errors.js';
import { normaliseAddress, normaliseSenderAddress } from './addresses.js';
import { CHANNELS } from '../channels.js';

describe('A phone number', () => {
  test.each([
    ['+1 (212) 555-0100', undefined, '+12125550100'],
    ['  +49 30 123456 ', undefined, '+4930123456'],
    ['030 123456', 'DE', '+4930123456'],
    ['0044 20 7946 0958', 'GB', '+442079460958'],
    ['(212) 555-0100', 'US', '+12125550100'],
    ['+44 20 7946 0958', 'DE', '+442079460958'],
  ])('%s from %s is %s', (text, country, expected) => {
    expect(normaliseAddress('sms', text, country)).toBe(expected);
  });

  test('of Twilio’s magic or a fictional range passes: the provider decides', () => {
    for (const number of ['+15005550006', '+15005550001', '+15551234567', '+12125550199']) {
      for (const channel of ['sms', 'mms', 'whatsapp', 'voice'] as const) {
        expect(normaliseAddress(channel, number)).toBe(number);
      }
    }
  });

  test.each([
    '',
    'ana',
    '123',
    '+1',
    '+123',
    '+1555123456789012',
    '030 123456',
    'call +15551234567',
    '+1 212 555 0100 ext. 5',
    'ana@example.com',
    '+999123456789',
  ])('is not %j', (text) => {
    expect(() => normaliseAddress('sms', text)).toThrow(InvalidAddress);
  });

  test('whose normal form would be parsed differently is invalid', () => {
    expect(() => normaliseAddress('sms', '000000', 'DE')).toThrow(InvalidAddress);
  });

  test('without a country code is invalid for an unknown country', () => {
    expect(() => normaliseAddress('sms', '030 123456', 'XX')).toThrow(InvalidAddress);
    expect(() => normaliseAddress('sms', '030 123456', null)).toThrow(InvalidAddress);
  });
});

describe('A number as people and programs write it', () => {
  const texted = (text: string, country?: string): string => {
    try {
      return normaliseAddress('sms', text, country);
    } catch (error) {
      if (error instanceof AmbiguousAddress) return `ambiguous: ${error.suggestions.join(' or ')}`;
      if (error instanceof InvalidAddress) return error.code;
      throw error;
    }
  };

  test.each([
    // The plus is lost: the reading that exists counts, and the mobile number of the tenant's own country.
    ['491713930001', 'DE', '+491713930001'],
    ['447911123456', 'GB', '+447911123456'],
    ['442079460958', 'US', '+442079460958'],
    ['33612345678', 'FR', '+33612345678'],
    ['436641234567', 'AT', '+436641234567'],
    ['919812345678', 'IN', '+919812345678'],
    ['5215512345678', 'MX', '+525512345678'],
    ['12125550123', 'US', '+12125550123'],
    // Both exist, and neither is how people write: the leading zero may be lost, or the plus.
    ['15712345678', 'DE', 'ambiguous: +4915712345678 or +15712345678'],
    ['447911123456', 'DE', 'ambiguous: +49447911123456 or +447911123456'],
    ['12125550123', 'DE', '+12125550123'],
    ['361 456 7890', undefined, 'ambiguous: +3614567890'],
    // The zero is lost: a mobile number is meant, a landline would not be texted to.
    ['1713930001', 'DE', '+491713930001'],
    ['3023125001', 'DE', 'invalid_address'],
    // As people write at home: no other reading counts.
    ['0171 3930001', 'DE', '+491713930001'],
    ['0491 713930', 'DE', '+49491713930'],
    ['3614567890', 'US', '+13614567890'],
    ['(472) 234-5678', 'US', '+14722345678'],
    ['9812345678', 'IN', '+919812345678'],
    ['8 (912) 345-67-89', 'RU', '+79123456789'],
    ['011 4234-5678', 'AR', '+5491142345678'],
    ['07700 900123', 'GB', '+447700900123'],
    ['555 123 4567', 'US', '+15551234567'],
    // Without a country nothing says whose it is; with an international prefix something does.
    ['491713930001', undefined, 'ambiguous: +491713930001'],
    ['00491713930001', undefined, '+491713930001'],
    ['00 49 171 3930001', 'US', '+491713930001'],
    ['011 49 171 3930001', 'US', '+491713930001'],
    ['011 49 171 3930001', 'DE', '+491713930001'],
    ['0044 (0) 7911 123456', 'DE', '+447911123456'],
    ['001 555 123 4567', 'DE', '+15551234567'],
    ['0011 44 7911 123456', 'AU', '+447911123456'],
    ['810 49 171 3930001', 'RU', '+491713930001'],
    // What spreadsheets and exports do.
    ["'+491713930001", 'DE', '+491713930001'],
    ['="+491713930001"', 'DE', '+491713930001'],
    ['"+49 171 3930001"', 'DE', '+491713930001'],
    ['491713930001.0', 'DE', '+491713930001'],
    ['4.91714E+11', 'DE', 'invalid_address'],
    ['4,91714E+11', 'DE', 'invalid_address'],
    ['4.91713930001E+11', 'DE', 'invalid_address'],
    // What copying and links add.
    ['\u202a+49 171 3930001\u202c', 'DE', '+491713930001'],
    ['\u200e+49\u00a0171\u00a03930001\u200b', 'DE', '+491713930001'],
    ['\ufeff+49\u2011171\u20113930001', 'DE', '+491713930001'],
    ['tel:+49-171-3930001', 'DE', '+491713930001'],
    ['(+49) 171/393.0001', 'DE', '+491713930001'],
    ['\uff0b49 171 3930001', 'DE', '+491713930001'],
    // A prefix for calls at home stands behind the country code.
    ['+49 (0) 171 3930001', 'DE', '+491713930001'],
    ['+39 0347 1234567', 'IT', '+393471234567'],
    ['+34 0612 345 678', 'ES', '+34612345678'],
    ['+36 06 20 123 4567', 'HU', '+36201234567'],
    ['+7 8 912 345 67 89', 'RU', '+79123456789'],
    ['+39 06 6982 1234', 'IT', '+390669821234'],
    // Written two ways.
    ['+52 1 55 1234 5678', undefined, '+525512345678'],
    ['+52 55 1234 5678', undefined, '+525512345678'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['01 55 1234 5678', 'MX', '+525512345678'],
    ['+55 11 8765-4321', undefined, '+5511987654321'],
    ['+55 11 98765-4321', undefined, '+5511987654321'],
    ['+55 11 3765-4321', undefined, '+551137654321'],
    ['+54 9 11 4234-5678', undefined, '+5491142345678'],
    ['+54 11 4234-5678', undefined, '+5491142345678'],
    ['011 15-4234-5678', 'AR', '+5491142345678'],
    ['+229 97 12 34 56', undefined, '+2290197123456'],
    ['+229 01 97 12 34 56', undefined, '+2290197123456'],
    ['+972 59 123 4567', undefined, '+970591234567'],
    ['+972 56 123 4567', undefined, '+970561234567'],
    ['+972 54 212 3456', undefined, '+972542123456'],
    ['0690 12 34 56', 'FR', '+590690123456'],
    ['+33 6 92 12 34 56', undefined, '+262692123456'],
    ['+39 0549 886377', undefined, '+3780549886377'],
    ['+378 886377', undefined, '+3780549886377'],
    // Renumbered so long ago, or so irregularly, that the old form is refused.
    ['+225 07 12 34 56', undefined, 'invalid_address'],
    // No recipient.
    ['22333', 'DE', 'invalid_address'],
    ['24273', 'US', 'invalid_address'],
    ['112', 'DE', 'invalid_address'],
    ['10115', 'DE', 'invalid_address'],
    ['1-800-FLOWERS', 'US', 'invalid_address'],
    ['+49 171 3930001 / 3930002', 'DE', 'invalid_address'],
    // A landline, and numbers that no plan has: the provider decides.
    ['+49 30 23125001', 'DE', '+493023125001'],
    ['+1 500 555 0006', undefined, '+15005550006'],
    ['+44 7700 900123', undefined, '+447700900123'],
  ])('%j from %s: %s', (text, country, expected) => {
    expect(texted(text, country)).toBe(expected);
  });

  test('to be called in Argentina is called as written: a landline has no 9', () => {
    expect(normaliseAddress('voice', '+54 11 4234-5678')).toBe('+541142345678');
    expect(normaliseAddress('voice', '+54 9 11 4234-5678')).toBe('+5491142345678');
  });

  test('is not guessed where several can be meant, and only the suggestions name them', () => {
    const guess = (): string => normaliseAddress('sms', '15712345678', 'DE');
    expect(guess).toThrow(AmbiguousAddress);
    expect(guess).not.toThrow(/571/);
  });
});

describe('An email address', () => {
  test.each([
    [' Ana@Example.COM ', 'ana@example.com'],
    ['ana+tickets@example.com', 'ana+tickets@example.com'],
    ["o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"],
    ['ana@münchen.de', 'ana@xn--mnchen-3ya.de'],
    ['ana@MÜNCHEN.de', 'ana@xn--mnchen-3ya.de'],
    ['ana@xn--mnchen-3ya.de', 'ana@xn--mnchen-3ya.de'],
    ['ana@example.com.', 'ana@example.com'],
    ['"ana.bo"@example.com', 'ana.bo@example.com'],
    ["'ana@example.com", 'ana@example.com'],
    ["''ana@example.com", 'ana@example.com'],
    ["'mailto:'ana@example.com'", 'ana@example.com'],
    ['"ana@example.com"', 'ana@example.com'],
    ['<ana@example.com>', 'ana@example.com'],
    ['mailto:ana@example.com', 'ana@example.com'],
    ['\u200bana@exam\u00adple.com\u200b', 'ana@example.com'],
    ['ana@mu\u0308nchen.de', 'ana@xn--mnchen-3ya.de'],
  ])('%s is %s', (text, expected) => {
    expect(normaliseAddress('email', text)).toBe(expected);
  });

  test.each([
    '',
    'ana',
    '@example.com',
    'ana@',
    'ana@example',
    'ana@b@example.com',
    'añá@example.com',
    'a b@example.com',
    '"a b"@example.com',
    `"'ana"@example.com`,
    'ana@example.com\r\nBcc: eve@example.com',
    'ana@127.0.0.1',
    'ana@1.2',
    'ana@[::1]',
    'ana@example.com/x',
    'ana@ex%61mple.com',
    'ana@a..b.com',
    'ana@-a.com',
    'Ana <ana@example.com>',
    '\u212Aana@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a'.repeat(60)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`,
  ])('is not %j', (text) => {
    expect(() => normaliseAddress('email', text)).toThrow(InvalidAddress);
  });
});

describe('A sender', () => {
  test('of SMS may be a short code or an alphanumeric id, kept unchanged', () => {
    for (const address of ['12345', '123', '12345678', 'Riverside', 'R', 'R&B Club-1']) {
      expect(normaliseSenderAddress('sms', ` ${address} `, 'US')).toBe(address);
    }
  });

  test.each(['12', '123456789', 'TwelveLetter', '+ -_&', 'Ünder'])('of SMS is not %j', (text) => {
    expect(() => normaliseSenderAddress('sms', text)).toThrow(InvalidAddress);
  });

  test('of any other channel is a number or an email address', () => {
    for (const channel of ['mms', 'whatsapp', 'voice', 'email'] as const) {
      for (const text of ['12345', 'Riverside'])
        expect(() => normaliseSenderAddress(channel, text, 'US')).toThrow(InvalidAddress);
    }
    expect(normaliseSenderAddress('whatsapp', '+1 415 523 8886')).toBe('+14155238886');
    expect(normaliseSenderAddress('email', 'Box@Riverside.example')).toBe('box@riverside.example');
  });
});

describe('Normalising', () => {
  const country = fc.constantFrom(undefined, null, 'US', 'DE', 'GB', 'IT', 'AR', 'MX', 'BR', 'AU', 'RU', 'CN', 'XX');
  const phoneLike = fc
    .tuple(
      fc.constantFrom('', '+', '00', '011', '+1', '+44 (0)', '+39 0', '+54 9 ', '+52 1 '),
      fc.stringMatching(/^[\d ()-]{2,16}$/),
    )
    .map((parts) => parts.join(''));
  const text = fc.oneof(
    phoneLike,
    fc.emailAddress(),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^\w{1,9}@[\w.ßüÜ%/-]{3,12}$/),
  );
  const normalisers = [normaliseAddress, normaliseSenderAddress];

  test('is idempotent, with any country', () => {
    const property = fc.property(
      fc.constantFrom(...CHANNELS),
      fc.constantFrom(...normalisers),
      text,
      country,
      country,
      (channel, normalise, given, first, second) => {
        const once = attempt(() => normalise(channel, given, first));
        if (once !== undefined) expect(normalise(channel, once, second)).toBe(once);
      },
    );
    const odd = ["''a.a@a.aa", `"'a"@a.aa`, "<'a@a.aa>"];
    const examples = odd.map((given) => ['email', normaliseAddress, given, undefined, undefined] as const);
    fc.assert(property, { numRuns: 3_000, examples: examples.map((one) => [...one]) });
  });

  test('returns one form or an error, and never quotes its input', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHANNELS), text, country, (channel, given, from) => {
        const address = attempt(() => normaliseAddress(channel, given, from));
        if (address !== undefined)
          expect(address).toMatch(channel === 'email' ? /^[\x21-\x7e]+@[a-z0-9._-]+$/ : /^\+[1-9]\d{3,16}$/);
      }),
      { numRuns: 3_000 },
    );
    expect(new InvalidAddress('sms').message).not.toContain('ana');
  });
});

function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidAddress || error instanceof AmbiguousAddress) return undefined;
    throw error;
  }
}
