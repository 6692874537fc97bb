/** docs/reporting.md: every column of every report with its type, every word, and examples that run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from '../../harness/query.js';
import { databaseParts, migrateDatabase } from '../../src/app.database.js';
import { STATUSES } from '../../src/ledger/index.js';
import { databaseOfTwo } from '../support/database-roles.js';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/reporting.md'), 'utf8');
const LOGS = ['email_log', 'whatsapp_log', 'sms_send_history'];
const { views } = databaseParts.reports;

/** The cells of the tables under a heading, up to the next heading. */
function rowsUnder(heading: string): string[][] {
  const section = GUIDE.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()));
}

const columnsUnder = (heading: string): string[] =>
  rowsUnder(heading).map(([name = '', type = '']) => `${name} ${type}`.replaceAll('`', ''));

let reader: string;
let owner: string;
beforeAll(async () => {
  const database = await databaseOfTwo();
  ({ owner, service: reader } = database);
  await migrateDatabase(owner, { reader: { role: database.role } });
});

test.each(views)('The guide lists the columns of %s, with their types, and no other', async (view) => {
  const columns = await query<{ text: string }>(
    owner,
    `select attname || ' ' || format_type(atttypid, null) as text from pg_attribute
     where attrelid = $1::regclass and attnum > 0 order by 1`,
    [view],
  );
  const listed = [...(LOGS.includes(view) ? columnsUnder('The logs') : []), ...columnsUnder(`\`${view}\``)];
  expect(listed.toSorted()).toEqual(columns.map(({ text }) => text).toSorted());
});

test('The guide lists every status beside its word in the reports', async () => {
  const words = await query<{ word: string; status: string }>(
    owner,
    'select report_status(status) as word, status from unnest($1::text[]) as status',
    [STATUSES],
  );
  const listed = rowsUnder('Status').map(([word, status]) => `${word} ${status}`);
  expect(listed.toSorted()).toEqual(words.map(({ word, status }) => `\`${word}\` \`${status}\``).toSorted());
});

/** What each asks for, in the guide's words, and how. */
const examples = [...GUIDE.matchAll(/\n([^\n]+):\n\n```sql\n([^]*?)```/g)].map(
  ([, asks = '', sql = '']) => [asks, sql] as const,
);

test('The guide has examples for every report', () => {
  expect(examples).toHaveLength(GUIDE.split('```sql').length - 1);
  expect(views.filter((view) => !examples.some(([, sql]) => sql.includes(view)))).toEqual([]);
});

test.each(examples)('A role that reads the reports may run the example: %s', async (_, sql) => {
  expect(await query(reader, sql)).toEqual([]);
});
