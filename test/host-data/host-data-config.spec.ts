/** The variables about the host, pure but for the file of its queries. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { readHostData, type HostDataConfig } from '../../src/host-data/index.js';
import { SAMPLE_QUERIES } from '../../src/host-data/host-queries.js';

type Environment = Readonly<Record<string, string>>;

const DATABASE = { HOST_DATABASE_URL: 'postgres://reader:hunter2-db@host/platform' };
const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const ENDPOINT = { HOST_DATA_URL: 'https://host.example/callboard', HOST_DATA_SECRET: SECRET };

const folder = mkdtempSync(join(tmpdir(), 'callboard-host-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (environment: Environment): HostDataConfig => loadConfig(readHostData, environment);

function problemsOf(environment: Environment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

let files = 0;
function fileOf(content: unknown): string {
  const file = join(folder, `queries-${(files += 1)}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const { ids: _ids, statuses: _statuses, ...QUERIES } = SAMPLE_QUERIES;

/** The problems of a file with these entries in place of, or beside, a good one's. */
const problemsWith = (entries: object): readonly string[] =>
  problemsOf({ ...DATABASE, HOST_QUERIES_FILE: fileOf({ ...QUERIES, ...entries }) });

describe('Without a variable', () => {
  test('there is no host', () => {
    expect(read({}).hostData).toBeUndefined();
    expect(read({ HOST_DATABASE_URL: ' ', HOST_DATA_URL: '' }).hostData).toBeUndefined();
  });
});

describe('A host', () => {
  test('in a database is asked by the sample’s queries, unless it has its own', () => {
    expect(read(DATABASE).hostData).toEqual({ databaseUrl: DATABASE.HOST_DATABASE_URL, queries: SAMPLE_QUERIES });
    const orders = 'SELECT * FROM o WHERE t = $1 AND id = ANY($2);';
    const file = fileOf({
      ...QUERIES,
      orders,
      ids: { orders: '\\d+' },
      statuses: { orders: { paid: 'confirmed' }, attendees: { in: 'checked_in' } },
    });
    expect(read({ ...DATABASE, HOST_QUERIES_FILE: file }).hostData).toMatchObject({
      queries: {
        ...QUERIES,
        orders: orders.slice(0, -1),
        ids: { orders: /^(?:\d+)$/ },
        statuses: { orders: { paid: 'confirmed' }, attendees: { in: 'checked_in' } },
      },
    });
  });

  test('behind a URL shares a secret with us', () => {
    expect(read(ENDPOINT).hostData).toEqual({ url: ENDPOINT.HOST_DATA_URL, secret: SECRET });
  });

  test.each<[string, Environment, string[]]>([
    ['both', { ...DATABASE, ...ENDPOINT }, ['HOST_DATABASE_URL and HOST_DATA_URL are both set']],
    ['a URL without a secret', { HOST_DATA_URL: ENDPOINT.HOST_DATA_URL }, ['HOST_DATA_SECRET is missing: set whsec_']],
    [
      'a secret without a URL',
      { HOST_DATA_SECRET: SECRET },
      ['HOST_DATA_URL is missing: HOST_DATA_SECRET is of no use'],
    ],
    [
      'queries without a database',
      { HOST_QUERIES_FILE: 'examples/host/queries.json' },
      ['HOST_DATABASE_URL is missing'],
    ],
    [
      'values of another form',
      { HOST_DATABASE_URL: 'mysql://hunter2', HOST_DATA_SECRET: 'whsec_hunter2', HOST_DATA_URL: 'hunter2' },
      [
        'HOST_DATABASE_URL is not a URL starting with postgres://',
        'HOST_DATA_URL is not a URL starting with http://',
        'HOST_DATA_SECRET is not whsec_ and the base64 of 24 to 64 bytes',
        'HOST_DATABASE_URL and HOST_DATA_URL are both set',
      ],
    ],
  ])('that is %s is refused', (_, environment, expected) => {
    const problems = problemsOf(environment);
    expect(problems).toEqual(expected.map((begin) => expect.stringContaining(begin)));
    expect(problems.join()).not.toContain('hunter2');
  });

  test('with a misspelt variable is warned of, and other variables of hosts are not', () => {
    const { warnings } = loadConfig(readHostData, { HOST_DATABSE_URL: 'x', HOST_IP: '10.0.0.1', HOST_NAME: 'h' });
    expect(warnings).toEqual([
      'HOST_DATABSE_URL is no variable of Callboard and is ignored: did you mean HOST_DATABASE_URL?',
    ]);
  });
});

describe('The file of queries', () => {
  test('that ships as an example has the queries of the sample', () => {
    const file = resolve('examples/host/queries.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(SAMPLE_QUERIES);
    expect(read({ ...DATABASE, HOST_QUERIES_FILE: file }).hostData).toEqual(read(DATABASE).hostData);
  });

  test('that is not there is said, without its name', () => {
    const [problem] = problemsOf({ ...DATABASE, HOST_QUERIES_FILE: join(folder, 'hunter2.json') });
    expect(problem).toMatch(/^HOST_QUERIES_FILE cannot be read: name a file that there is/);
    expect(problem).not.toContain('hunter2');
  });

  test.each(['{', '[]', 'null', '"orders"'])('that holds %s is no such file', (content) => {
    expect(problemsOf({ ...DATABASE, HOST_QUERIES_FILE: fileOf(content) })).toEqual([
      'HOST_QUERIES_FILE is not a JSON object',
    ]);
  });

  test('that lacks queries is told of each', () => {
    expect(problemsOf({ ...DATABASE, HOST_QUERIES_FILE: fileOf({ orders: QUERIES.orders }) })).toEqual(
      ['customers', 'events', 'attendees', 'attendees_of'].map((name) => `HOST_QUERIES_FILE has no query "${name}"`),
    );
  });

  test.each<[string, object, string]>([
    ['an unknown entry', { custmers: '' }, ' has the unknown entry "custmers": did you mean "customers"?'],
    ['a query for something else', { invoices: '' }, ' has the unknown entry "invoices": there are orders, customers,'],
    ['a query that is none', { orders: 7 }, ': "orders" is not a SELECT'],
    ['a query that writes', { orders: 'delete from o where t = $1 and id = any($2)' }, ': "orders" is not a SELECT'],
    [
      'a query of all tenants',
      { orders: 'select * from o where id = any($2)' },
      ': the query "orders" does not use $1',
    ],
    [
      'a query that does not page',
      { attendees_of: 'select * from a where t = $1 and e = $2 limit $40' },
      ': the query "attendees_of" does not use $3, $4',
    ],
    ['a form of ids that is none', { ids: { orders: '(' } }, ': ids.orders is not a regular expression'],
    ['forms of ids of something else', { ids: { venues: 'x' } }, ': ids has entries for orders,'],
    [
      'a status that leads nowhere',
      { statuses: { orders: { paid: 'payed' } } },
      ': statuses.orders leads the host’s words to open, confirmed, cancelled, refunded',
    ],
    ['statuses that are no mapping', { statuses: { events: 'all' } }, ': statuses.events leads'],
    [
      'statuses of something else',
      { statuses: { customers: {} } },
      ': statuses has entries for orders, events, attendees',
    ],
    ['statuses of nothing', { statuses: [] }, ': statuses has entries for'],
  ])('with %s is refused', (_, entries, problem) => {
    expect(problemsWith(entries)).toEqual([expect.stringContaining(`HOST_QUERIES_FILE${problem.replace('’', "'")}`)]);
  });
});
