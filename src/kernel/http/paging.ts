/** Keyset paging: `?limit=&cursor=` in, `{ items, nextCursor }` out. A cursor is opaque to callers. */
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { InvalidCursor } from '../errors.js';
import { IntParam, Text } from '../validation/fields.js';
import { isStorable } from '../postgres/storable.js';

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export class PageQuery {
  @IntParam({ required: false, min: 1, max: 500, default: 50, description: 'How many items at the most' })
  limit: number = 50;

  @Text({ required: false, max: 500, description: 'The `nextCursor` of the page before' })
  cursor?: string;
}

/** The position after an item: the values of the sort key, in order. */
export function encodeCursor(...key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Reads a cursor of exactly `length` values that each pass `valid`. Raises InvalidCursor for anything else. */
export function decodeCursor(
  cursor: string,
  length: number,
  valid: (value: string, index: number) => boolean = () => true,
): string[] {
  const values = parse(cursor);
  if (!Array.isArray(values) || values.length !== length) throw new InvalidCursor();
  const texts = values.map((value) =>
    typeof value === 'number' || (typeof value === 'string' && isStorable(value)) ? String(value) : undefined,
  );
  if (!texts.every((text, index): text is string => text !== undefined && valid(text, index)))
    throw new InvalidCursor();
  return texts;
}

/** Cuts a list fetched with one row more than the limit into a page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { items: kept.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidCursor() : error;
  }
}

class PageEnvelope {
  @ApiProperty({ type: String, nullable: true, description: 'Pass as `cursor` for the next page; null at the end' })
  nextCursor: string | null;
}

/** Documents a 200 response that is a page of `item`. */
export function ApiPage(item: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(PageEnvelope, item),
    ApiOkResponse({
      schema: {
        allOf: [
          { $ref: getSchemaPath(PageEnvelope) },
          {
            type: 'object',
            required: ['items'],
            properties: { items: { type: 'array', items: { $ref: getSchemaPath(item) } } },
          },
        ],
      },
    }),
  );
}
