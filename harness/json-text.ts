/** JSON as text that can be spoilt: what JSON.stringify would never write, such as repeated names or numbers that no computer holds. */

/** A list, an object with its fields in order, or text that is written as it is. */
export type JsonText = string | { readonly items: readonly JsonText[] } | { readonly fields: readonly Field[] };
type Field = readonly [name: string, value: JsonText];
/** The names and places that lead to a value. */
export type Path = readonly (string | number)[];

export function fromJson(value: unknown): JsonText {
  if (Array.isArray(value)) return { items: value.map(fromJson) };
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return { fields: Object.entries(value).map(([name, one]) => [name, fromJson(one)]) };
}

export function toText(json: JsonText): string {
  if (typeof json === 'string') return json;
  if ('items' in json) return `[${json.items.map(toText).join(',')}]`;
  return `{${json.fields.map(([name, value]) => `${JSON.stringify(name)}:${toText(value)}`).join(',')}}`;
}

/** With another value in one place; what is missing on the way there is made. */
export function withValue(json: JsonText, [first, ...rest]: Path, value: JsonText): JsonText {
  if (first === undefined) return value;
  if (typeof first === 'number') {
    const items = typeof json !== 'string' && 'items' in json ? [...json.items] : [];
    items[first] = withValue(items[first] ?? 'null', rest, value);
    return { items };
  }
  const fields = fieldsOf(json);
  const place = fields.findIndex(([name]) => name === first);
  const changed: Field = [first, withValue(fields[place]?.[1] ?? 'null', rest, value)];
  return { fields: place < 0 ? [...fields, changed] : fields.with(place, changed) };
}

/** Without the field or the item in one place. */
export function without(json: JsonText, [first, ...rest]: Path): JsonText {
  if (first === undefined || typeof json === 'string') return json;
  if (typeof first === 'number') {
    if (!('items' in json)) return json;
    const [inner] = json.items.slice(first);
    if (inner === undefined) return json;
    return { items: rest.length === 0 ? json.items.toSpliced(first, 1) : json.items.with(first, without(inner, rest)) };
  }
  const fields = fieldsOf(json);
  if (rest.length === 0) return { fields: fields.filter(([name]) => name !== first) };
  return { fields: fields.map(([name, value]) => [name, name === first ? without(value, rest) : value]) };
}

/** With one more field at the end, of a name that may be there already. */
export const withField = (json: JsonText, name: string, value: JsonText): JsonText => ({
  fields: [...fieldsOf(json), [name, value]],
});

const fieldsOf = (json: JsonText): readonly Field[] =>
  typeof json !== 'string' && 'fields' in json ? json.fields : [];
