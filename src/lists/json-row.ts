/** Reads one row sent as JSON, on its own line or in a list. */
import { attributeFault, shapeFault } from './attributes.js';
import { fieldColumns, isAttribute, type ColumnMapping, type ListVocabulary } from './columns.js';
import type { GivenField, Row } from './list-row.js';
import { isBlank, jsonIn } from '../kernel/index.js';

export class JsonRows {
  private readonly own: UnderstoodNames;
  /** Within `attributes` only what stays an attribute is looked for. */
  private readonly named: UnderstoodNames;

  constructor(
    private readonly vocabulary: ListVocabulary,
    mapping: ColumnMapping,
  ) {
    this.own = new UnderstoodNames(vocabulary, mapping);
    this.named = new UnderstoodNames(
      { ...vocabulary, fields: vocabulary.fields.filter((field) => field.isAttribute) },
      mapping,
    );
  }

  /**
   * `{ email, attributes: { name } }` and `{ email, name }` mean the same: whatever is no field is an attribute. `attributes`
   * takes precedence.
   */
  contentOf(text: string): Row['content'] {
    const row = jsonIn(text);
    if (row === undefined) return 'malformed_json';
    if (!isObject(row)) return 'not_an_object';
    const { attributes: named = {}, ...rest } = row;
    if (!isObject(named)) return 'invalid_attributes';
    const fields: GivenField[] = [];
    const others: Record<string, unknown> = {};
    const fieldOf = this.own.understood(Object.keys(rest));
    for (const [index, [name, value]] of Object.entries(rest).entries()) {
      const field = fieldOf.get(index);
      if (field === undefined || isAttribute(this.vocabulary, field)) others[name] = value;
      if (field !== undefined && !isAbsent(value)) fields.push({ field, text: textOf(value) });
    }
    const values = Object.values(named);
    for (const [index, field] of this.named.understood(Object.keys(named))) {
      if (!isAbsent(values[index])) fields.push({ field, text: textOf(values[index]) });
    }
    const fault = shapeFault(named) ?? shapeFault(rest);
    if (fault) return fault;
    const attributes = JSON.stringify({ ...others, ...named });
    return attributeFault(attributes) ?? { fields, attributes };
  }
}

/** Rows of one list mostly have the same names: the last ones are understood already. */
class UnderstoodNames {
  private names: readonly string[] = [];
  private fieldOf: ReadonlyMap<number, string> = new Map();

  constructor(
    private readonly vocabulary: ListVocabulary,
    private readonly mapping: ColumnMapping,
  ) {}

  /** The field that each of these names is, by its place. */
  understood(names: readonly string[]): ReadonlyMap<number, string> {
    const isKnown = names.length === this.names.length && names.every((name, index) => name === this.names[index]);
    if (!isKnown) {
      this.fieldOf = fieldColumns(names, this.vocabulary, this.mappingOf(names));
      this.names = names;
    }
    return this.fieldOf;
  }

  /** A row may lack the field that the caller names: then it is without that field. */
  private mappingOf(names: readonly string[]): ColumnMapping {
    const told = Object.entries(this.mapping).filter(([, name]) => name !== undefined);
    return Object.fromEntries(
      told.map(([field, name]) => [field, name !== undefined && names.includes(name) ? name : '']),
    );
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && isBlank(value));

/** A phone number may come as a JSON number, without its plus. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : undefined;
}
