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

/** Whether a text is well-formed JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
