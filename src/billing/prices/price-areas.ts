/** The places by which prices differ: the longest prefix of any price that a number begins with. */
export class PriceAreas {
  /** The longest first. */
  private readonly byLength: readonly (readonly [length: number, prefixes: readonly string[]])[];
  private readonly known: ReadonlySet<string>;

  constructor(prefixes: readonly string[]) {
    this.byLength = [...Map.groupBy(prefixes, ({ length }) => length)].toSorted(([one], [other]) => other - one);
    this.known = new Set(prefixes);
  }

  /** Null where the number begins with none. */
  of(number: string): string | null {
    const length = this.byLength.find(([some]) => this.known.has(number.slice(0, some)))?.[0];
    return length === undefined ? null : number.slice(0, length);
  }

  /** The same in SQL: an expression whose parameters, from this place on, are `values`. */
  sql(number: string, first: number): string {
    const cases = this.byLength.map(
      ([length], place) =>
        `when left(${number}, ${length}) = any($${first + place}::text[]) then left(${number}, ${length})`,
    );
    return cases.length > 0 ? `case ${cases.join(' ')} end` : 'null::text';
  }

  get values(): readonly (readonly string[])[] {
    return this.byLength.map(([, prefixes]) => prefixes);
  }
}
