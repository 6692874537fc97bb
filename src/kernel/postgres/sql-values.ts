/** Conditions of a dynamic statement. */

/** SQL for a value, given its placeholder such as `$3`; omitted if the value is undefined. */
export type SqlCondition = readonly [sql: (place: string) => string, value: unknown];

/** The parameters of a statement, collected with its conditions. */
export class SqlValues {
  readonly list: unknown[];

  constructor(...first: readonly unknown[]) {
    this.list = [...first];
  }

  /** The conditions whose value is given, combined; empty for none. */
  all(conditions: readonly SqlCondition[]): string {
    return conditions
      .filter(([, value]) => value !== undefined)
      .map(([sql, value]) => sql(`$${this.list.push(value)}`))
      .join(' and ');
  }
}
