/** Splitting bodies into rows: every format, whatever the chunks, whatever is broken. */
import fc from 'fast-check';
import { lines, rowsOf, short } from './support.js';

describe('CSV', () => {
  test('has its columns in any order, with dots for nested fields', () => {
    const body = lines(
      'name,Email,event.name,event.venue.city,phone',
      'Ana,ana@example.com,Night,Berlin,+491713920001',
    );
    expect(rowsOf('csv', body)).toEqual([
      {
        line: 2,
        text: 'Ana,ana@example.com,Night,Berlin,+491713920001',
        content: {
          fields: [
            { field: 'email', text: 'ana@example.com' },
            { field: 'phone', text: '+491713920001' },
          ],
          attributes: '{"name":"Ana","event":{"name":"Night","venue":{"city":"Berlin"}}}',
        },
      },
    ]);
  });

  test.each([
    ['semicolons', lines('email;name', 'a@x.org;Ana, Bo')],
    ['CRLF', 'email,name\r\na@x.org,"Ana, Bo"\r\n'],
    ['no end of the last line', 'email,name\na@x.org,"Ana, Bo"'],
    ['a byte order mark', '\ufeffemail,name\na@x.org,"Ana, Bo"\n'],
    ['empty lines', '\n\nemail,name\n\n,\na@x.org,"Ana, Bo"\n\r\n,,,\n'],
    ['separators to spare', lines('email,name,,', 'a@x.org,"Ana, Bo",,,')],
    ['a name in quotes', lines('"email" , name'.replace(' ,', ','), 'a@x.org,"Ana, Bo"')],
  ])('may have %s', (_, body) => {
    expect(short('csv', body)).toEqual([expect.stringMatching(/^\d a@x\.org \{"name":"Ana, Bo"\}$/)]);
  });

  test('keeps line breaks and quotes within quotes', () => {
    const body = 'email,name,note\na@x.org,"Ana ""the\r\n\nboss""",""\nb@x.org,Bo,""""\n';
    expect(short('csv', body)).toEqual([
      '2 a@x.org {"name":"Ana \\"the\\n\\nboss\\""}',
      '5 b@x.org {"name":"Bo","note":"\\""}',
    ]);
  });

  test('leaves out empty cells, and reads numbers as text', () => {
    expect(short('csv', lines('email,age,event.name,city', 'a@x.org,042,,'))).toEqual(['2 a@x.org {"age":"042"}']);
  });

  test('loses only one line to an unclosed quote', () => {
    const body = lines('email,name', 'a@x.org,"Ana', 'b@x.org,Bo', 'c@x.org,"Cy"', 'd@x.org,Di', 'e@x.org,"Ed');
    expect(short('csv', body)).toEqual([
      '2 unclosed_quote',
      '3 b@x.org {"name":"Bo"}',
      '4 c@x.org {"name":"Cy"}',
      '5 d@x.org {"name":"Di"}',
      '6 unclosed_quote',
    ]);
  });

  test('loses none of many lines after an unclosed quote', () => {
    const stretch = `x"y\n${'a@x.org\n'.repeat(20_000)}`;
    const faults = rowsOf('csv', `email\n${stretch.repeat(10)}`).flatMap(({ line, content }) =>
      content === 'unclosed_quote' ? [line] : [],
    );
    expect(faults).toEqual(Array.from({ length: 10 }, (_, index) => 2 + index * 20_001));
    expect(rowsOf('csv', `email\n${stretch.repeat(10)}`)).toHaveLength(200_010);
  });

  test.each([
    ['too few columns', 'a@x.org', 'column_count'],
    ['too many columns', 'a@x.org,Ana,more', 'column_count'],
    ['a quote within a value', 'a@x.org,Ana "the" Boss', 'bad_quotes'],
    ['text after a quote', 'a@x.org,"Ana"!', 'bad_quotes'],
    ['a NUL', 'a@x.org,A\0na', 'bad_characters'],
    ['20 KB of attributes', `a@x.org,${'x'.repeat(20_000)}`, 'attributes_too_large'],
    ['70 KB', `a@x.org,${'x'.repeat(70_000)}`, 'line_too_long'],
  ])('reports a row with %s', (_, row, fault) => {
    expect(short('csv', lines('email,name', row, 'b@x.org,Bo'))).toEqual([`2 ${fault}`, '3 b@x.org {"name":"Bo"}']);
  });

  test('reports a row in another encoding, and reads the next', () => {
    const body = Buffer.concat([
      Buffer.from('email,name\na@x.org,'),
      Buffer.from('Zoë', 'latin1'),
      Buffer.from('\nb@x.org,Zoë\n'),
    ]);
    expect(short('csv', body)).toEqual(['2 not_utf8', '3 b@x.org {"name":"Zoë"}']);
  });

  test.each([
    ['no address', 'name,city\nAna,Berlin\n', /one of them email, phone, address, to/],
    ['people instead of names', 'ana@example.com,Ana\n', /must name the columns/],
    ['1,001 columns', `email${',x'.repeat(1_000)}\n`, /more than 1000 columns/],
    ['an unclosed quote', 'email,"name\na@x.org,Ana\n', /must name the columns\. A quote is opened/],
    ['a name that JavaScript keeps for itself', 'email,__proto__.admin\n', /Column 2 has no usable name/],
    ['another encoding', Buffer.from('email,größe\n', 'latin1'), /charset=windows-1252/],
    ['100 KB', `email,${'x'.repeat(100_000)}\n`, /longer than 64 KB/],
    ['nothing', '\n\n', /is empty/],
  ])('is rejected with a first line of %s', (_, body, sentence) => {
    expect(() => short('csv', body)).toThrow(sentence);
  });

  test('of any values round-trips', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', ' ', '😀') });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(',', ';'), (values, separator) => {
        const rows = values.map((text) => `a@x.org${separator}${/[",;\n]/.test(text) ? quoted(text) : text}\n`);
        const read = rowsOf('csv', `email${separator}v\n${rows.join('')}`).map(({ content }) =>
          typeof content === 'string' ? content : (JSON.parse(content.attributes) as { v?: string }).v,
        );
        expect(read).toEqual(values.map((text) => (text.trim() === '' ? undefined : text)));
      }),
    );
  });
});

describe('JSON', () => {
  const both = (contact: string): string[][] => [
    short('ndjson', `${contact}\n{"email":"z@x.org"}`),
    short('json', ` [ ${contact} , {"email":"z@x.org"}]`),
    short('json', `{"contacts":[${contact},{"email":"z@x.org"}]}\n`),
  ];

  test.each([
    ['attributes of its own', '{"email":"a@x.org","attributes":{"a":1}}', 'a@x.org {"a":1}'],
    ['attributes beside the address', '{"to":"a@x.org","b":[1,{"c":null}]}', 'a@x.org {"b":[1,{"c":null}]}'],
    ['both, of which its own count', '{"to":"a@x.org","b":1,"c":2,"attributes":{"b":3}}', 'a@x.org {"b":3,"c":2}'],
    ['brackets and quotes in its text', '{"to":"a@x.org","b":"]}\\\\\\",["}', 'a@x.org {"b":"]}\\\\\\",["}'],
    ['empty addresses', '{"to":"","address":"a@x.org"}', 'a@x.org {}'],
    ['a number for an address', '{"phone":491713920001}', '491713920001 {}'],
    ['an object for an address', '{"phone":{}}', ' {}'],
    [
      'a postal address beside an email address',
      '{"email":"a@x.org","address":{"city":"Ulm"}}',
      'a@x.org {"address":{"city":"Ulm"}}',
    ],
    ['a place beside a number', '{"Telefon":"1","to":"Ulm"}', '1 {"to":"Ulm"}'],
    ['half an emoji', '{"email":"a@x.org","b":"\\ud83d"}', 'bad_characters'],
    ['a NUL', '{"email":"a@x.org","b":"\\u0000"}', 'bad_characters'],
    ['a backslash before what is no NUL', '{"email":"a@x.org","b":"\\\\u0000"}', 'a@x.org {"b":"\\\\u0000"}'],
    ['a broken end', '{"email":"a@x.org",}', 'malformed_json'],
    ['no object', '"a@x.org"', 'not_an_object'],
    ['a list', '["a@x.org"]', 'not_an_object'],
    ['attributes that are none', '{"email":"a@x.org","attributes":"Ana"}', 'invalid_attributes'],
    ['a name that JavaScript keeps for itself', '{"email":"a@x.org","b":{"__proto__":{}}}', 'invalid_attributes'],
    ['eight levels', `{"email":"a@x.org","attributes":${deep(8)}}`, `a@x.org ${deep(8)}`],
    ['nine levels', `{"email":"a@x.org","attributes":${deep(9)}}`, 'attributes_too_deep'],
    [
      'ten thousand levels',
      `{"email":"a@x.org","b":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      'attributes_too_deep',
    ],
    ['20 KB', `{"email":"a@x.org","b":"${'x'.repeat(20_000)}"}`, 'attributes_too_large'],
    ['70 KB', `{"email":"a@x.org","b":"${'x'.repeat(70_000)}"}`, 'line_too_long'],
  ])('with %s', (_, contact, expected) => {
    for (const read of both(contact)) expect(read).toEqual([`1 ${expected}`, '2 z@x.org {}']);
  });

  test.each([
    ['an empty list', '[]', []],
    ['an empty list in an object', '{ "contacts" : [ ] }', []],
    ['commas to spare', '[,{"to":"a@x.org"},]', ['1 a@x.org {}']],
    ['an end that is missing', '[{"to":"a@x.org"},{"to":"b@', ['1 a@x.org {}', '2 list_not_closed']],
    ['something after its end', '[{"to":"a@x.org"}] [', ['1 a@x.org {}', '2 malformed_json']],
    ['a bracket to spare', '[{"to":"a@x.org"}},{"to":"b@x.org"}]', ['1 malformed_json', '2 b@x.org {}']],
  ])('that is %s', (_, body, expected) => {
    expect(short('json', body)).toEqual(expected);
  });

  test.each([
    '{"email":"a@x.org"}',
    '"a"',
    '{"contacts":{}}',
    '{"people":[]}',
    '{"contacts":1,"b":[]}',
    ' ',
    'x'.repeat(9_999),
  ])('that is not a list is rejected: %#', (body) => {
    expect(() => short('json', body)).toThrow(/Send a JSON list/);
  });

  test('lines may be empty, and count in line numbers', () => {
    expect(short('ndjson', '\n{"to":"a@x.org"}\r\n\r\n{"to":"b@x.org"}')).toEqual(['2 a@x.org {}', '4 b@x.org {}']);
  });

  function deep(levels: number): string {
    return levels === 0 ? '1' : `{"a":${deep(levels - 1)}}`;
  }
});

describe('A body of any format', () => {
  test.each(['csv', 'ndjson', 'json'] as const)('that is %s reads the same in any chunks', (format) => {
    const bodies = {
      csv: '\ufeffemail,name\r\na@x.org,"Zoë\nthe ""1st"""\nbroken"\n"open\nb@x.org,😀\n',
      ndjson: '{"to":"a@x.org","name":"Zoë"}\nbroken\n{"to":"b@x.org"}',
      json: '{"contacts": [{"to":"a@x.org","name":"Z\\"o]ë"},broken, {"to":"b@x.org","c":[1,2]}]}',
    };
    const whole = rowsOf(format, bodies[format]);
    expect(whole.length).toBeGreaterThan(2);
    for (let size = 1; size < 40; size += 1) expect(rowsOf(format, bodies[format], size)).toEqual(whole);
  });

  test.each(['csv', 'ndjson', 'json'] as const)('that is %s is not buffered: a row of 10 MB is skipped', (format) => {
    const huge = 'x'.repeat(10_000_000);
    const bodies = {
      csv: lines('email,name', `a@x.org,${huge}`, 'b@x.org,Bo', `c@x.org,"${huge}"`, 'd@x.org,Di'),
      ndjson: lines(`{"to":"a@x.org","name":"${huge}"}`, '{"to":"b@x.org"}', huge, '{"to":"d@x.org"}'),
      json: `[{"to":"a@x.org","name":"${huge}"},{"to":"b@x.org"},"${huge}",{"to":"d@x.org"}]`,
    };
    const rows = rowsOf(format, bodies[format], 16_384);
    expect(rows.map(({ content }) => (typeof content === 'string' ? content : content.fields[0]?.text))).toEqual([
      'line_too_long',
      'b@x.org',
      'line_too_long',
      'd@x.org',
    ]);
    expect(rows.map(({ text }) => text.length).every((length) => length < 100)).toBe(true);
  });

  test.each([
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 101, 0, 0, 0]), /UTF-32/],
    ['a spreadsheet', Buffer.from('PK\u0003\u0004…'), /save it as CSV/],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /save it as CSV/],
    ['a PDF', Buffer.from('%PDF-1.7\n'), /is a PDF/],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /compressed/],
    ['empty', Buffer.alloc(0), /is empty/],
  ])('that is %s gets an error that says so', (_, body, sentence) => {
    for (const format of ['csv', 'ndjson', 'json'] as const) expect(() => short(format, body)).toThrow(sentence);
  });
});
