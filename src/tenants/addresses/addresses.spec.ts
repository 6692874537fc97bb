/** Addresses, pure. */
import fc from 'fast-check';
import { InvalidAddress, normaliseAddress, normaliseSenderAddress } from './addresses.js';
import { CHANNELS } from './channels.js';

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

describe('An email address', () => {
  test.each([
    [' Ana@Example.COM ', 'ana@example.com'],
    ['ana+tickets@example.com', 'ana+tickets@example.com'],
    ["o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"],
    ['ana@münchen.de', 'ana@xn--mnchen-3ya.de'],
    ['ana@MÜNCHEN.de', 'ana@xn--mnchen-3ya.de'],
    ['ana@xn--mnchen-3ya.de', 'ana@xn--mnchen-3ya.de'],
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
    'ana@example.com\r\nBcc: eve@example.com',
    'ana@127.0.0.1',
    'ana@1.2',
    'ana@[::1]',
    'ana@example.com/x',
    'ana@ex%61mple.com',
    'ana@a..b.com',
    'ana@example.com.',
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
    fc.assert(property, { numRuns: 3_000 });
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
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}
