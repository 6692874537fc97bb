/** What the OpenAPI document says of each operation, as far as a caller who wants to spoil it needs to know. */
import type { Path } from './json-text.js';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

export interface Operation {
  readonly method: string;
  /** As documented, with `{names}`. */
  readonly path: string;
  readonly queries: readonly Parameter[];
  readonly headers: readonly Parameter[];
  /** What it documents as a body, by content type; none where it takes none. */
  readonly bodies: readonly Body[];
}

export interface Body {
  readonly type: string;
  /** The documented ones; none where nothing is documented. */
  readonly examples: readonly unknown[];
  /** Each field that a JSON body may have. */
  readonly places: readonly Place[];
}

/** A field, and what is documented of it. */
export interface Place {
  readonly path: Path;
  readonly field: object;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface DocumentedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
}
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** Deeper fields than these are spoilt with what they are in. */
const DEEPEST = 5;

/** All operations of a document, in its order. */
export function operationsOf({ paths, components }: OpenApiDocument): Operation[] {
  const schemas = components?.schemas ?? {};
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const documented = item[method];
      if (!documented) return [];
      const { parameters = [], requestBody } = documented;
      const named = (place: string): Parameter[] => parameters.filter((one) => one.in === place);
      const bodies = Object.entries(requestBody?.content ?? {}).map(([type, content]): Body => ({
        type,
        examples: examplesOf(content),
        places: placesIn(schemas, content.schema),
      }));
      return [{ method: method.toUpperCase(), path, queries: named('query'), headers: named('header'), bodies }];
    }),
  );
}

function examplesOf({ example, examples = {} }: Content): unknown[] {
  const all = Object.values(examples).map(({ value }) => value);
  return example === undefined ? all : [example, ...all];
}

function placesIn(schemas: Readonly<Record<string, Schema>>, schema: Schema = {}, at: Path = []): Place[] {
  if (at.length >= DEEPEST) return [];
  const { $ref, allOf = [], oneOf = [], properties = {}, items } = schema;
  const named = $ref === undefined ? undefined : schemas[$ref.split('/').at(-1) ?? ''];
  const parts = [...allOf, ...oneOf, ...(named ? [named] : [])].flatMap((part) => placesIn(schemas, part, at));
  const inner = Object.entries(properties).map(([name, field]) => ({ path: [...at, name], field }));
  const all = items ? [...inner, { path: [...at, 0], field: items }] : inner;
  return [...parts, ...all.flatMap((place) => [place, ...placesIn(schemas, place.field, place.path)])];
}
