/** Request and response shapes that routes of lists share. */
import { ApiProperty } from '@nestjs/swagger';
import { Int, Text, type StreamedRequestBody } from '../kernel/index.js';
import type { ListFormat } from './list-formats.js';

const FORMAT_OF: Readonly<Record<string, ListFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
};

/** The format of a body, by its media type: one of those above, which are all that routes of lists accept. */
export function formatOf({ type }: Pick<StreamedRequestBody, 'type'>): ListFormat {
  const format = FORMAT_OF[type];
  if (!format) throw new Error(`A route of lists takes no ${type}`);
  return format;
}

const COLUMN = { required: false, min: 0, max: 200 } as const;

/** Which columns hold the addresses, where their names do not tell. */
export class AddressColumnsQuery {
  @Text({
    ...COLUMN,
    description: 'The name of the column, or field, that holds the email address; empty for none',
    example: 'E-mail 1 - Value',
  })
  email?: string;

  @Text({ ...COLUMN, description: 'The one that holds the phone number; empty for none', example: 'Contact no.' })
  phone?: string;
}

export class ListColumnView {
  @Int({ min: 1, max: 1_000, example: 1 }) column: number;
  @Text({ max: 65_536, example: 'E-Mail', description: 'As the first line names it' }) name: string;
  @Text({ max: 50, example: 'email', description: 'The field it is read as, `attribute`, or `ignored`' })
  readAs: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'How templates name the attribute, such as `event.name` or `["First name"]`',
  })
  variable: string | null;
}
