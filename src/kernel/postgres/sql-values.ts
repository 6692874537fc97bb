/** Conditions of a statement that is put together of what was asked for. */

/** What its place in the statement, such as `$3`, makes of a value; left out where the value is undefined. */
export type SqlCondition = readonly [sql: (place: string) => string, value: unknown];

/** The parameters of a statement, gathered while its conditions are. */
export class SqlValues {
  readonly list: unknown[];

  constructor(...first: readonly unknown[]) {
    this.list = [...first];
  }

  /** The conditions whose value is given, as one; empty for none. */
  all(conditions: readonly SqlCondition[]): string {
    return conditions
      .filter(([, value]) => value !== undefined)
      .map(([sql, value]) => sql(`$${this.list.push(value)}`))
      .join(' and ');
  }
}
