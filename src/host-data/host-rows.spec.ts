/** From rows to records, pure. */
import fc from 'fast-check';
import { HostDataUnavailable, HostRecordUnreadable } from './host-data.errors.js';
import { recordOf, recordsOf, type HostLanguage } from './host-rows.js';

const OURS: HostLanguage = { statuses: {}, spell: (field) => field };

const ORDER = { id: 'o-1', status: 'open', customerId: 'c-1' };
const EVENT = {
  id: 'e-1',
  name: 'Opening',
  startsAt: '2026-05-01T20:00:00',
  timezone: 'Europe/Berlin',
  status: 'scheduled',
};

describe('A time', () => {
  const startOf = (startsAt: unknown, timezone = 'Europe/Berlin'): string => {
    const record = recordOf('event', { ...EVENT, startsAt, timezone }, OURS);
    return record instanceof Error ? record.fault : record.startsAt.toISOString();
  };

  test.each([
    ['2026-05-01T20:00:00', '2026-05-01T18:00:00.000Z'],
    ['2026-05-01 20:00:00', '2026-05-01T18:00:00.000Z'],
    ['2026-05-01T20:00', '2026-05-01T18:00:00.000Z'],
    ['2026-12-01T20:00:00.250', '2026-12-01T19:00:00.250Z'],
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'], // skipped in spring
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'], // twice in autumn
    ['2026-05-01T20:00:00Z', '2026-05-01T20:00:00.000Z'],
    ['2026-05-01 20:00:00+00', '2026-05-01T20:00:00.000Z'],
    ['2026-05-01T20:00:00-05:00', '2026-05-02T01:00:00.000Z'],
    ['2026-05-01T20:00:00+0530', '2026-05-01T14:30:00.000Z'],
  ])('written as %s in Berlin is %s', (text, expected) => {
    expect(startOf(text)).toBe(expected);
  });

  test.each([
    '2026-05-01',
    '01.05.2026 20:00',
    '2026-13-01T20:00:00Z',
    '2026-02-30T20:00:00',
    'infinity',
    'tomorrow',
    '2026-05-01T20:00:00+02:00[Europe/Berlin]',
  ])('written as %s is refused', (text) => {
    expect(startOf(text)).toMatch(/^events\.startsAt is no time such as /);
  });

  test('that is a number is refused: seconds and milliseconds look alike', () => {
    expect(startOf(1_777_658_400)).toBe('events.startsAt is no text');
  });

  test('in a zone that nobody knows is refused for its zone', () => {
    expect(startOf('2026-05-01T20:00:00', 'Berlin')).toBe('events.timezone is no time zone such as Europe/Berlin');
  });
});

describe('A status', () => {
  const MAPPED: HostLanguage = { ...OURS, statuses: { orders: { paid: 'confirmed', toString: 'open' } } };

  test.each([
    ['open', 'open'],
    ['paid', 'confirmed'],
    ['Paid', 'orders.status is none of open, confirmed, cancelled, refunded'],
    ['constructor', 'orders.status is none of open, confirmed, cancelled, refunded'],
    ['', 'orders.status is missing'],
    [null, 'orders.status is missing'],
    [7, 'orders.status is no text'],
  ])('of %j, where paid is confirmed, is %s', (status, expected) => {
    const record = recordOf('order', { ...ORDER, status }, MAPPED);
    expect(record instanceof Error ? record.fault : record.status).toBe(expected);
  });

  test('of an attendee is the host’s own word, or what it is mapped to', () => {
    const row = { id: 'a-1', eventId: 'e-1', customerId: 'c-1', status: 'in' };
    expect(recordOf('attendee', row, OURS)).toMatchObject({ status: 'in' });
    expect(recordOf('attendee', row, { ...OURS, statuses: { attendees: { in: 'checked_in' } } })).toMatchObject({
      status: 'checked_in',
    });
  });
});

describe('A customer', () => {
  test('has what the host tells, and nothing for what is blank', () => {
    const row = { id: 7, name: ' Ana ', email: '', phone: null, language: 'pt_BR', preferredChannel: 'sms', more: 'x' };
    expect(recordOf('customer', row, OURS)).toEqual({
      id: '7',
      name: 'Ana',
      language: 'pt-BR',
      preferredChannel: 'sms',
      attributes: {},
    });
  });

  test.each([
    ['email', { at: 'ana' }, 'customers.email is no text'],
    ['name', 'a'.repeat(1_001), 'customers.name has more than 1000 characters'],
    ['language', '!', 'customers.language is no language tag such as pt-BR'],
    ['timezone', 'Mars', 'customers.timezone is no time zone such as Europe/Berlin'],
    ['preferredChannel', 'pigeon', 'customers.preferredChannel is none of email, sms, mms, whatsapp, voice'],
    ['attributes', ['vip'], 'customers.attributes is no JSON object'],
    ['attributes', 'vip', 'customers.attributes is no JSON object'],
  ])('whose %s is %j is refused', (field, value, fault) => {
    expect(recordOf('customer', { id: 'c-1', [field]: value }, OURS)).toMatchObject({ fault });
  });

  test('whatever is in its fields, is a record or a fault that quotes none of them', () => {
    const row = fc.record({
      id: fc.constant('c-1'),
      email: fc.anything(),
      language: fc.anything(),
      timezone: fc.anything(),
      attributes: fc.anything(),
    });
    const faults =
      /^customers\.(email|language|timezone|attributes) (is no [\w ]+( such as [\w/-]+)?|has more than 1000 characters)$/;
    fc.assert(
      fc.property(row, (given) => {
        const record = recordOf('customer', given, OURS);
        if (record instanceof HostRecordUnreadable) expect(record.fault.replace('JSON ', '')).toMatch(faults);
        else expect(record.id).toBe('c-1');
      }),
    );
  });

  test('holds nothing that PostgreSQL cannot store', () => {
    const record = recordOf('customer', { id: 'c-1', name: 'A\0na\ud800' }, OURS);
    expect(record).toMatchObject({ name: 'A\ufffdna\ufffd' });
  });
});

describe('An answer', () => {
  const records = (rows: readonly object[]) =>
    [...recordsOf('order', ['o-1', 'o-2'], rows as Record<string, unknown>[], OURS)].map(([id, record]) => [
      id,
      record instanceof Error ? record.fault : record?.status,
    ]);

  test('that leaves a record out says that there is none', () => {
    expect(records([ORDER])).toEqual([
      ['o-1', 'open'],
      ['o-2', undefined],
    ]);
  });

  test('spoilt by one row still tells of the others', () => {
    expect(
      records([
        { ...ORDER, status: 'lost' },
        { ...ORDER, id: 'o-2' },
      ]),
    ).toEqual([
      ['o-1', 'orders.status is none of open, confirmed, cancelled, refunded'],
      ['o-2', 'open'],
    ]);
  });

  test('to another question proves nothing about what it leaves out', () => {
    expect(records([ORDER, { ...ORDER, id: 'o-9' }])).toEqual([
      ['o-1', 'open'],
      ['o-2', 'orders answers rows that were not asked for'],
    ]);
  });

  test('that repeats a row does not say which one counts', () => {
    expect(records([ORDER, { ...ORDER, status: 'refunded' }])).toEqual([
      ['o-1', 'orders answers a row more than once'],
      ['o-2', 'orders answers a row more than once'],
    ]);
  });

  test.each([undefined, null, '', 1.5, {}])('with a row whose id is %j cannot be used at all', (id) => {
    expect(() => records([ORDER, { ...ORDER, id }])).toThrow(HostDataUnavailable);
  });
});
