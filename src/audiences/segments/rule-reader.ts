/** Reads a segment's rule from JsonLogic: the operators that can be asked in SQL, and a few of our own. */
import type { FieldError } from '../../kernel/index.js';
import { ENGAGEMENTS } from '../../ledger/index.js';
import { CHANNELS } from '../../tenants/index.js';
import { CONSENTS, ORDERS, type Literal, type Order, type Path, type Rule } from './rule.js';
import { InvalidSegmentRule } from './segments.errors.js';

const MOST_TESTS = 100;
const MOST_LEVELS = 10;
const MOST_VALUES = 1_000;
const MOST_DAYS = 3_650;
/** The others are of the same kind. */
const MOST_FAULTS = 20;

/** What the order of texts would surprise: `"9"` comes after `"10"`. */
const LIKE_A_NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/;
/** PostgreSQL reads these as places in a list, JsonLogic as names. */
const ODD_PLACE = /^\s*[+-]?\d+\s*$/;
const PLACE = /^(?:0|[1-9]\d*)$/;

const MIRRORED: Readonly<Record<Order, Order>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** What stands on one side of a comparison. */
type Side = { readonly path: Path } | { readonly literal: Literal };

/** The rule whose faults are noted already: it is never asked. */
const FAULTY: Rule = { is: 'any', of: [] };

/** Raises InvalidSegmentRule, which names every fault by its path and says what to change. */
export function readRule(given: unknown): Rule {
  const reader = new RuleReader();
  const rule = reader.read(given, 'rule', 1);
  reader.finish();
  return rule;
}

class RuleReader {
  private readonly faults: FieldError[] = [];
  private tests = 0;

  private readonly operators: Readonly<Record<string, (given: unknown, path: string, level: number) => Rule>> = {
    and: (given, path, level) => ({ is: 'all', of: this.rules(given, path, level) }),
    or: (given, path, level) => ({ is: 'any', of: this.rules(given, path, level) }),
    '!': (given, path, level) => ({ is: 'not', rule: this.negated(given, path, level) }),
    '==': (given, path) => this.equal(given, path),
    '!=': (given, path) => ({ is: 'not', rule: this.equal(given, path) }),
    ...Object.fromEntries(
      ORDERS.map((order) => [order, (given: unknown, path: string) => this.ordered(order, given, path)]),
    ),
    in: (given, path) => this.membership(given, path),
    missing: (given, path) => this.missing(given, path),
    consent: (given, path) => this.consent(given, path),
    engaged: (given, path) => this.engaged(given, path),
    written: (given, path) => this.written(given, path),
  };

  finish(): void {
    if (this.tests > MOST_TESTS) this.fault('rule', `has ${this.tests} conditions: at most ${MOST_TESTS} are asked`);
    if (this.faults.length > 0) throw new InvalidSegmentRule(this.faults.slice(0, MOST_FAULTS));
  }

  read(given: unknown, path: string, level: number): Rule {
    if (level > MOST_LEVELS) return this.fault(path, `is nested too deeply: at most ${MOST_LEVELS} levels`);
    const [entry, ...others] = isObject(given) ? Object.entries(given) : [];
    const known = Object.keys(this.operators).join(' ');
    if (!entry || others.length > 0) return this.fault(path, `must be an object with one operator: one of ${known}`);
    const [name, operands] = entry;
    const operator = Object.hasOwn(this.operators, name) ? this.operators[name] : undefined;
    if (!operator) return this.fault(path, `has an operator that segments do not know: use one of ${known}`);
    if (!['and', 'or', '!'].includes(name)) this.tests += 1;
    return operator(operands, `${path}.${name}`, level);
  }

  private rules(given: unknown, path: string, level: number): Rule[] {
    if (!Array.isArray(given) || given.length === 0)
      return [this.fault(path, 'must be a list of one or more conditions')];
    return given.map((one, place) => this.read(one, `${path}[${place}]`, level + 1));
  }

  private negated(given: unknown, path: string, level: number): Rule {
    if (!Array.isArray(given)) return this.read(given, path, level + 1);
    if (given.length !== 1) return this.fault(path, 'must be one condition, or a list of one');
    return this.read(given[0], `${path}[0]`, level + 1);
  }

  private equal(given: unknown, path: string): Rule {
    const sides = this.sides(given, path, [2]);
    const [one, other] = sides ?? [];
    if (!one || !other) return FAULTY;
    if ('path' in one && 'literal' in other) return { is: 'equal', path: one.path, to: other.literal };
    if ('path' in other && 'literal' in one) return { is: 'equal', path: other.path, to: one.literal };
    return this.fault(path, 'must compare one attribute, as {"var": "name"}, with one value');
  }

  /** `{"<": [1, {"var": "visits"}, 9]}` asks what lies between. */
  private ordered(order: Order, given: unknown, path: string): Rule {
    const [one, other, last] = this.sides(given, path, order.startsWith('<') ? [2, 3] : [2]) ?? [];
    if (!one || !other) return FAULTY;
    if (last) {
      if (!('path' in other) || 'path' in one || 'path' in last)
        return this.fault(path, 'must have the attribute in the middle, as in [1, {"var": "visits"}, 9]');
      const above = this.order(other.path, MIRRORED[order], one.literal, `${path}[0]`);
      return { is: 'all', of: [above, this.order(other.path, order, last.literal, `${path}[2]`)] };
    }
    if ('path' in one && 'literal' in other) return this.order(one.path, order, other.literal, `${path}[1]`);
    if ('path' in other && 'literal' in one) return this.order(other.path, MIRRORED[order], one.literal, `${path}[0]`);
    return this.fault(path, 'must compare one attribute, as {"var": "name"}, with one value');
  }

  private order(path: Path, order: Order, to: Literal, place: string): Rule {
    if (typeof to === 'string' && LIKE_A_NUMBER.test(to))
      return this.fault(place, 'is a number in quotes, which would be compared letter by letter: leave out the quotes');
    if (typeof to === 'string' || typeof to === 'number') return { is: 'ordered', path, order, to };
    return this.fault(place, 'must be a number, or a text such as a date: 2026-11-30');
  }

  /** An attribute among values, or a value in an attribute: one of its list, or a part of its text. */
  private membership(given: unknown, path: string): Rule {
    if (!Array.isArray(given) || given.length !== 2) return this.fault(path, 'must have two operands');
    const [what, where] = given as [unknown, unknown];
    if (Array.isArray(where)) {
      const of = where.map((value, place) => this.literal(value, `${path}[1][${place}]`));
      if (of.length === 0 || of.length > MOST_VALUES)
        return this.fault(`${path}[1]`, `must have between 1 and ${MOST_VALUES} values`);
      return { is: 'oneOf', path: this.attribute(what, `${path}[0]`), of };
    }
    const literal = this.literal(what, `${path}[0]`);
    if (literal === null || literal === '')
      return this.fault(`${path}[0]`, 'must be a text, a number, true or false: it is looked for in the attribute');
    return { is: 'containing', path: this.attribute(where, `${path}[1]`), what: literal };
  }

  private missing(given: unknown, path: string): Rule {
    const names: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (names.length === 0) return this.fault(path, 'must name one or more attributes');
    return { is: 'missing', paths: names.map((name, place) => this.path(name, `${path}[${place}]`)) };
  }

  private consent(given: unknown, path: string): Rule {
    const { channel, venueId, status } = this.fields(given, path, ['channel', 'venueId', 'status']);
    const asked = {
      channel: this.oneOf(CHANNELS, channel, `${path}.channel`),
      status: this.oneOf(CONSENTS, status, `${path}.status`),
    };
    if (typeof venueId !== 'string' || venueId === '')
      return this.fault(`${path}.venueId`, 'must be the id of a venue');
    return { is: 'consent', venueId, ...asked };
  }

  private engaged(given: unknown, path: string): Rule {
    const { did, days } = this.fields(given, path, ['did', 'days']);
    return {
      is: 'engaged',
      did: this.oneOf(ENGAGEMENTS, did, `${path}.did`),
      days: this.days(days, `${path}.days`),
    };
  }

  private written(given: unknown, path: string): Rule {
    const { days } = this.fields(given, path, ['days']);
    return { is: 'written', days: this.days(days, `${path}.days`) };
  }

  private sides(given: unknown, path: string, counts: readonly number[]): Side[] | undefined {
    if (Array.isArray(given) && counts.includes(given.length))
      return given.map((side, place) => this.side(side, `${path}[${place}]`));
    this.fault(path, `must be a list of ${counts.join(' or ')} operands`);
    return undefined;
  }

  private side(given: unknown, path: string): Side {
    return isObject(given) ? { path: this.attribute(given, path) } : { literal: this.literal(given, path) };
  }

  private attribute(given: unknown, path: string): Path {
    const [entry, ...others] = isObject(given) ? Object.entries(given) : [];
    if (entry?.[0] === 'var' && others.length === 0) return this.path(entry[1], `${path}.var`);
    this.fault(path, 'must be an attribute of the contact, as {"var": "name"}');
    return [];
  }

  private path(given: unknown, path: string): Path {
    const steps = typeof given === 'string' ? given.split('.') : [];
    const isPlain = (step: string): boolean => step !== '' && (!ODD_PLACE.test(step) || PLACE.test(step));
    if (steps.length > 0 && steps.length <= MOST_LEVELS && steps.every(isPlain)) return steps;
    this.fault(path, 'must be the name of an attribute, such as "city" or "address.city"');
    return [];
  }

  private literal(given: unknown, path: string): Literal {
    if (given === null || ['string', 'number', 'boolean'].includes(typeof given)) return given as Literal;
    this.fault(path, 'must be a text, a number, true, false or null');
    return null;
  }

  private fields(given: unknown, path: string, names: readonly string[]): Readonly<Record<string, unknown>> {
    if (isObject(given) && Object.keys(given).every((name) => names.includes(name))) return given;
    this.fault(path, `must be an object with ${names.map((name) => `\`${name}\``).join(', ')}`);
    return {};
  }

  private oneOf<Word extends string>(words: readonly [Word, ...Word[]], given: unknown, path: string): Word {
    const found = words.find((word) => word === given);
    if (found === undefined) this.fault(path, `must be one of ${words.join(', ')}`);
    return found ?? words[0];
  }

  private days(given: unknown, path: string): number {
    if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= MOST_DAYS) return given;
    this.fault(path, `must be a whole number of days from 1 to ${MOST_DAYS}`);
    return 1;
  }

  private fault(path: string, message: string): Rule {
    this.faults.push({ path, message });
    return FAULTY;
  }
}

const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);
