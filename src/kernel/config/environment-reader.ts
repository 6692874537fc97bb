/** Reads single variables and collects their errors. Values are never quoted: they may be secrets. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  /** The names that were asked for. */
  readonly known = new Set<string>();

  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  complain(problem: string): void {
    this.problems.push(problem);
  }

  /** The trimmed value; undefined if unset or blank. */
  text(name: string): string | undefined {
    this.known.add(name);
    return this.env[name]?.trim() || undefined;
  }

  anyOf(...names: string[]): boolean {
    return names.some((name) => this.text(name) !== undefined);
  }

  require(name: string, why: string): void {
    if (this.text(name) === undefined) this.complain(`${name} is missing: ${why}`);
  }

  required(name: string, pattern: RegExp, expected: string): string {
    if (this.text(name) === undefined) this.complain(`${name} is missing: set ${expected}`);
    return this.matching(name, pattern, expected) ?? '';
  }

  matching(name: string, pattern: RegExp, expected: string): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !pattern.test(value)) this.complain(`${name} is not ${expected}`);
    return value;
  }

  /** One secret, or, while it is changed, two that are both good, comma-separated: the new one first. */
  secrets(name: string, minLength: number): string[] {
    const values = (this.text(name) ?? '').split(',').map((value) => value.trim());
    const given = values.length === 1 && values[0] === '' ? [] : values;
    if (given.length > 2) this.complain(`${name} has more than two values: one, or two while it is changed`);
    if (given.some((value) => value.length < minLength))
      this.complain(`${name} is too short: use at least ${minLength} characters`);
    return given;
  }

  /** The unchanged text, if `parse` accepts it: the error that `parse` throws names the variable and what is wrong. */
  parsed(name: string, parse: (text: string) => unknown): string | undefined {
    const value = this.text(name);
    try {
      if (value !== undefined) parse(value);
    } catch (error) {
      this.complain(error instanceof Error ? error.message : `${name} cannot be read`);
    }
    return value;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    this.complain(`${name} is not a whole number from ${min} to ${max}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const known = allowed.find((one) => one === value);
    if (known !== undefined) return known;
    this.complain(`${name} is not one of ${allowed.filter(Boolean).join(', ')}`);
    return fallback;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
    this.complain(`${name} is not a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
    return undefined;
  }

  list(name: string, pattern: RegExp, expected: string): string[] {
    const values = (this.text(name) ?? '').split(',').map((value) => value.trim());
    const present = values.filter(Boolean);
    if (!present.every((value) => pattern.test(value))) this.complain(`${name} is not ${expected}`);
    return present;
  }
}
