/** Examples of whole bodies, built from the examples of their fields. */
import type { OpenAPIObject } from '@nestjs/swagger';

type SchemaOrRef = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Schema = Exclude<SchemaOrRef, { $ref: string }>;

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-11-21T18:00:00Z',
  uuid: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
};

/** A value that matches the schema: optional fields are omitted, unless they have an example. */
export function exampleOf(schemaOrRef: SchemaOrRef, document: OpenAPIObject): unknown {
  const schema = resolve(schemaOrRef, document);
  const given: unknown = schema.example ?? schema.default ?? schema.enum?.[0];
  if (given !== undefined) return given;
  if (schema.nullable) return null;
  const [alternative] = schema.oneOf ?? schema.anyOf ?? [];
  if (alternative) return exampleOf(alternative, document);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, document))) as object;
  return byType(schema, document);
}

function byType(schema: Schema, document: OpenAPIObject): unknown {
  if (schema.type === undefined) return exampleOfFields(schema, document);
  switch (schema.type) {
    case 'array':
      return schema.items ? [exampleOf(schema.items, document)] : [];
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'string':
      return BY_FORMAT[schema.format ?? ''] ?? 'text';
    case undefined:
    default:
      return exampleOfFields(schema, document);
  }
}

function exampleOfFields({ properties = {}, required = [] }: Schema, document: OpenAPIObject): object {
  const shown = Object.entries(properties).filter(
    ([name, field]) => required.includes(name) || resolve(field, document).example !== undefined,
  );
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field, document)]));
}

function resolve(schema: SchemaOrRef, document: OpenAPIObject): Schema {
  if (!('$ref' in schema)) return schema;
  const found = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
  if (!found) throw new Error(`The OpenAPI document lacks ${schema.$ref}`);
  return resolve(found, document);
}
