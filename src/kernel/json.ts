/** Reads untrusted JSON by path: what is missing or of another type is undefined or empty, never an error. */

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export const stringsAt = (value: unknown, ...path: readonly string[]): string[] =>
  listAt(value, ...path).filter((item) => typeof item === 'string');

/** A time that PostgreSQL can read too: JavaScript has six-digit years. */
export function timeOf(value: string | undefined): Date | undefined {
  const parsed = new Date(value ?? '');
  return parsed.getTime() >= 0 && parsed.getUTCFullYear() <= 9_999 ? parsed : undefined;
}

/** The value of a JSON text; undefined for anything else, such as a proxy's page or a truncated response. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The same for an object or a list: undefined for any other value too. */
export function objectIn(text: string): object | undefined {
  const value = jsonIn(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Whether a text is well-formed JSON. */
export const isJson = (text: string): boolean => jsonIn(text) !== undefined;

/** JSON in its canonical form (RFC 8785): members by name, without spaces, the same for the same content. A date is text; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null || value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
