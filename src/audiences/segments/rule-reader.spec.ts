import { readRule } from './rule-reader.js';
import { InvalidSegmentRule } from './segments.errors.js';

const CITY = { var: 'city' };

/** The faults of a rule, by their paths. */
function faultsOf(rule: unknown): Record<string, string> {
  try {
    readRule(rule);
  } catch (error) {
    if (error instanceof InvalidSegmentRule)
      return Object.fromEntries(error.errors.map(({ path, message }) => [path, message]));
    throw error;
  }
  return {};
}

describe('A rule', () => {
  test('is read from JsonLogic, whichever side the attribute is on', () => {
    expect(readRule({ and: [{ '==': [CITY, 'Berlin'] }, { '!': [{ '<': [3, { var: 'seats.count' }] }] }] })).toEqual({
      is: 'all',
      of: [
        { is: 'equal', path: ['city'], to: 'Berlin' },
        { is: 'not', rule: { is: 'ordered', path: ['seats', 'count'], order: '>', to: 3 } },
      ],
    });
  });

  test('may ask what lies between two values', () => {
    expect(readRule({ '<=': [18, { var: 'age' }, 30] })).toEqual({
      is: 'all',
      of: [
        { is: 'ordered', path: ['age'], order: '>=', to: 18 },
        { is: 'ordered', path: ['age'], order: '<=', to: 30 },
      ],
    });
  });

  test('asks in one of two directions with `in`', () => {
    expect(readRule({ in: [CITY, ['Berlin', null]] })).toEqual({ is: 'oneOf', path: ['city'], of: ['Berlin', null] });
    expect(readRule({ in: ['vip', { var: 'tags' }] })).toEqual({ is: 'containing', path: ['tags'], what: 'vip' });
  });

  test.each([
    ['no object', 'Berlin', 'rule', /one operator/],
    ['two operators at once', { '==': [CITY, 1], '!=': [CITY, 2] }, 'rule', /one operator/],
    ['an operator of JsonLogic that SQL is not asked', { map: [CITY, 1] }, 'rule', /use one of and or !/],
    ['a name that every object has', { constructor: [] }, 'rule', /use one of/],
    ['a list of no conditions', { or: [] }, 'rule.or', /one or more/],
    ['a condition deep inside', { or: [{ '!': { and: [{ '==': [CITY] }] } }] }, 'rule.or[0].!.and[0].==', /2 operands/],
    ['two attributes', { '==': [CITY, { var: 'town' }] }, 'rule.==', /one attribute/],
    ['two values', { '<': [1, 2] }, 'rule.<', /one attribute/],
    ['a number in quotes that is ordered', { '>': [{ var: 'age' }, '30'] }, 'rule.>[1]', /leave out the quotes/],
    ['an order of true and false', { '>': [CITY, true] }, 'rule.>[1]', /number, or a text/],
    ['an attribute at the edge', { '<': [CITY, 1, 2] }, 'rule.<', /in the middle/],
    ['three operands that are no span', { '>': [1, CITY, 2] }, 'rule.>', /2 operands/],
    ['an attribute without a name', { '==': [{ var: '' }, 1] }, 'rule.==[0].var', /name of an attribute/],
    ['a place that PostgreSQL counts from the end', { '==': [{ var: 'seats.-1' }, 1] }, 'rule.==[0].var', /name/],
    ['a default, which `missing` is for', { '==': [{ var: ['city', 'Berlin'] }, 1] }, 'rule.==[0].var', /name/],
    ['something else than an attribute', { '==': [{ '+': [1, 2] }, 1] }, 'rule.==[0]', /attribute of the contact/],
    ['a list as a value', { '==': [CITY, ['Berlin']] }, 'rule.==[1]', /a text, a number/],
    ['an empty list of values', { in: [CITY, []] }, 'rule.in[1]', /between 1 and/],
    ['an empty text that is looked for', { in: ['', CITY] }, 'rule.in[0]', /looked for/],
    ['nothing missing', { missing: [] }, 'rule.missing', /one or more/],
    [
      'a status of consent that there is not',
      { consent: { venueId: 'v', channel: 'sms', status: 'yes' } },
      'rule.consent.status',
      /opted_in/,
    ],
    ['days that are not whole', { engaged: { did: 'opened', days: 1.5 } }, 'rule.engaged.days', /whole number/],
    ['a field that an operator does not have', { written: { days: 3, weeks: 1 } }, 'rule.written', /`days`/],
  ])('says what to change of %s', (_, rule, path, message) => {
    expect(faultsOf(rule)).toMatchObject({ [path]: expect.stringMatching(message) as string });
  });

  test('names all its faults at once, up to twenty', () => {
    expect(Object.keys(faultsOf({ and: [{ '==': [] }, { nor: [] }, { missing: [1] }] }))).toEqual([
      'rule.and[0].==',
      'rule.and[1]',
      'rule.and[2].missing[0]',
    ]);
    expect(Object.keys(faultsOf({ and: Array.from({ length: 90 }, () => 1) }))).toHaveLength(20);
  });

  test('is as deep and as long as a database is asked, and no more', () => {
    const deep = (levels: number): object => (levels === 1 ? { missing: 'city' } : { '!': deep(levels - 1) });
    expect(faultsOf(deep(10))).toEqual({});
    expect(Object.values(faultsOf(deep(11)))).toEqual([expect.stringMatching(/at most 10 levels/)]);
    const long = (tests: number): object => ({ or: Array.from({ length: tests }, () => ({ missing: 'city' })) });
    expect(faultsOf(long(100))).toEqual({});
    expect(faultsOf(long(101))).toMatchObject({ rule: expect.stringMatching(/at most 100/) as string });
  });
});
