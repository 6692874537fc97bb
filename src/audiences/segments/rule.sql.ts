/** A segment's rule in SQL. What callers wrote is in parameters alone. */
import { consentIs } from '../../consent/index.js';
import { engagedWith, writtenByCampaigns } from '../../ledger/index.js';
import type { Literal, Path, Rule, Test } from './rule.js';

/** What the conditions of a rule are about. */
interface Asked {
  readonly tenantId: string;
  /** From when days are counted back. */
  readonly at: Date;
}

/** A condition on a row of contacts, and its parameters. */
export interface RuleSql {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Who is asked for: a condition on a relation named `contact`, with parameters from `first` on. */
export type Membership = (first: number) => RuleSql;

export const EVERYBODY: Membership = () => ({ sql: 'true', values: [] });

/** The largest number that is read: NaN and infinity, which some programs write, are none. */
const LARGEST = '1.7976931348623157e308';

/**
 * Of the relation named `contact`, with parameters from `first` on. True for the contacts of the segment, false or null for the others.
 * Nothing in it fails, whatever the attributes are.
 */
export function sqlOf(rule: Rule, asked: Asked, first: number): RuleSql {
  const writer = new RuleWriter(asked, first);
  return { sql: writer.write(rule), values: writer.values };
}

class RuleWriter {
  readonly values: unknown[] = [];
  private readonly places = new Map<string, number>();

  constructor(
    private readonly asked: Asked,
    private readonly first: number,
  ) {}

  write(rule: Rule): string {
    if (rule.is === 'all' || rule.is === 'any') {
      return `(${rule.of.map((one) => this.write(one)).join(rule.is === 'all' ? ' and ' : ' or ')})`;
    }
    return rule.is === 'not' ? `(${this.write(rule.rule)}) is not true` : `(${this.test(rule)})`;
  }

  private test(test: Test): string {
    switch (test.is) {
      case 'equal':
        return this.equal(test.path, test.to);
      case 'ordered':
        return this.ordered(test);
      case 'oneOf':
        return this.oneOf(test.path, test.of);
      case 'containing':
        return this.containing(test.path, test.what);
      case 'missing':
        return test.paths.map((path) => `coalesce(${this.text(path)}, '') = ''`).join(' or ');
      case 'consent':
        return consentIs(test.status, {
          venue: this.value(test.venueId, 'uuid'),
          channel: this.value(test.channel, 'text'),
          address: 'contact.address',
        });
      case 'engaged':
        return engagedWith(this.value(test.did, 'text'), this.recent(test.days));
      case 'written':
        return writtenByCampaigns(this.recent(test.days));
    }
  }

  private equal(path: Path, to: Literal): string {
    return to === null ? `${this.text(path)} is null` : this.oneOf(path, [to]);
  }

  /** Of texts that are equal, numbers that are, and so on. A single value is compared as such, which is planned better. */
  private oneOf(path: Path, values: readonly Literal[]): string {
    const texts = values.filter((value) => typeof value === 'string');
    const numbers = values.filter((value) => typeof value === 'number');
    const flags = values.filter((value) => typeof value === 'boolean');
    return [
      ...(texts.length > 0
        ? [`${this.text(path)} ${this.among(texts, 'text')}${this.unlessComposed(path, texts)}`]
        : []),
      ...(numbers.length > 0 ? [this.asNumber(path, (number) => `${number} ${this.among(numbers, 'float8')}`)] : []),
      ...(flags.length > 0 ? [`lower(${this.text(path)}) ${this.among(flags.map(String), 'text')}`] : []),
      ...(values.includes(null) ? [`${this.text(path)} is null`] : []),
    ].join(' or ');
  }

  /** A list or an object is no text, though it is written as one. */
  private unlessComposed(path: Path, texts: readonly string[]): string {
    if (!texts.some((text) => text.startsWith('{') || text.startsWith('['))) return '';
    return ` and jsonb_typeof(${this.json(path)}) not in ('object', 'array')`;
  }

  private ordered({ path, order, to }: Extract<Test, { is: 'ordered' }>): string {
    if (typeof to === 'string') {
      const isText = `jsonb_typeof(${this.json(path)}) = 'string'`;
      return `${isText} and ${this.text(path)} collate "C" ${order} ${this.value(to, 'text')}`;
    }
    const bound = order.startsWith('<') ? `>= -${LARGEST}` : `<= ${LARGEST}`;
    return this.asNumber(
      path,
      (number) => `${number} ${order} ${this.value(to, 'float8')} and ${number} ${bound}::float8`,
    );
  }

  private containing(path: Path, what: string | number | boolean): string {
    const part =
      typeof what === 'string'
        ? ` when 'string' then position(${this.value(what, 'text')} in ${this.text(path)}) > 0`
        : '';
    const list = `when 'array' then ${this.json(path)} @> ${this.value(JSON.stringify(what), 'jsonb')}`;
    return `case jsonb_typeof(${this.json(path)}) ${list}${part} end`;
  }

  /** Imported tables have texts: one that is a number is compared as such, and one that is none is passed over. */
  private asNumber(path: Path, condition: (number: string) => string): string {
    const text = this.text(path);
    return `case when pg_input_is_valid(${text}, 'float8') then ${condition(`(${text})::float8`)} end`;
  }

  private among(values: readonly unknown[], type: string): string {
    const [only, ...others] = values;
    return others.length === 0 ? `= ${this.value(only, type)}` : `= any(${this.value(values, `${type}[]`)})`;
  }

  private recent(days: number): { readonly address: string; readonly tenant: string; readonly since: string } {
    const since = new Date(this.asked.at.getTime() - days * 86_400_000);
    return {
      address: 'contact.address',
      tenant: this.value(this.asked.tenantId, 'uuid'),
      since: this.value(since, 'timestamptz'),
    };
  }

  private readonly text = (path: Path): string => this.reached(path, '>>');
  private readonly json = (path: Path): string => this.reached(path, '>');

  private reached(path: Path, arrow: '>' | '>>'): string {
    const [only, ...others] = path;
    return others.length === 0
      ? `(contact.attributes -${arrow} ${this.value(only, 'text')})`
      : `(contact.attributes #${arrow} ${this.value(path, 'text[]')})`;
  }

  /** The same value of the same type is one parameter. */
  private value(value: unknown, type: string): string {
    const key = `${type} ${JSON.stringify(value)}`;
    const place = this.places.get(key) ?? this.values.push(value) - 1;
    this.places.set(key, place);
    return `$${this.first + place}::${type}`;
  }
}
