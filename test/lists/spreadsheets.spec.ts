/** Lists as people’s programs write them: their columns, and what a spreadsheet does to a file. */
import type { ListReading } from '../../src/lists/list-reader.js';
import { inShort, lines, listReader, rowsOf, short } from './support.js';

/** `name: what it is read as`, with the variable of an attribute. */
function columnsOf(body: string, reading: Partial<ListReading> = {}): string[] {
  const reader = listReader('csv', reading);
  [...reader.read(Buffer.from(body)), ...reader.end()].forEach(() => undefined);
  return (reader.columns ?? []).map(({ name, readAs, variable }) => `${name}: ${variable ?? readAs}`);
}

describe('The columns of', () => {
  test.each([
    ['Mailchimp', 'Email Address,First Name,Address,Phone Number', ['email', '["First Name"]', 'Address', 'phone']],
    ['Google', 'Name,E-mail 1 - Value,Phone 1 - Value', ['Name', 'email', 'phone']],
    [
      'Outlook',
      'First Name,E-mail Address,Home Phone,Mobile Phone',
      ['["First Name"]', 'email', '["Home Phone"]', 'phone'],
    ],
    ['Eventbrite', 'Order #,Email,Buyer Email,Cell Phone', ['["Order #"]', 'email', '["Buyer Email"]', 'phone']],
    [
      'HubSpot',
      'Record ID,Email,Phone Number,Mobile Phone Number',
      ['["Record ID"]', 'email', '["Phone Number"]', 'phone'],
    ],
    ['German', 'E-Mail;Vorname;Tel. Nr.;Handy', ['email', 'Vorname', '["Tel. Nr."]', 'phone']],
    ['German, in other words', 'E-Mail-Adresse;Anschrift;Rufnummer', ['email', 'Anschrift', 'phone']],
    ['French', 'Courriel;Prénom;N° de téléphone', ['email', 'Prénom', 'phone']],
    ['French, of a mobile', 'Adresse e-mail;Adresse;Téléphone portable', ['email', 'Adresse', 'phone']],
    ['Spanish', 'Correo electrónico,Dirección,Teléfono móvil', ['email', 'Dirección', 'phone']],
    ['Portuguese', 'E-mail;Endereço;Telemóvel', ['email', 'Endereço', 'phone']],
    ['Italian', 'Posta elettronica;Cellulare;Indirizzo', ['email', 'phone', 'Indirizzo']],
    ['Dutch', 'E-mailadres;Adres;Mobiel nummer', ['email', 'Adres', 'phone']],
    ['Swedish', 'E-postadress;Mobilnummer', ['email', 'phone']],
    ['Danish', 'Mailadresse;Tlf.nr.', ['email', 'phone']],
    ['Finnish', 'Sähköposti;Puhelinnumero', ['email', 'phone']],
    ['Polish', 'Adres e-mail;Numer telefonu;Adres', ['email', 'phone', 'Adres']],
    ['Czech', 'E-mailová adresa;Mobilní telefon', ['email', 'phone']],
    ['Hungarian', 'Email cím;Telefonszám', ['email', 'phone']],
    ['Turkish', 'E-POSTA;CEP TELEFONU', ['email', 'phone']],
    ['Russian', 'Электронная почта;Телефон;Адрес', ['email', 'phone', 'Адрес']],
    ['Greek', 'Ηλεκτρονικό ταχυδρομείο;Κινητό', ['email', 'phone']],
    ['Japanese', '氏名,メールアドレス,携帯電話番号', ['氏名', 'email', 'phone']],
    ['Chinese', '姓名,邮箱,手机号码', ['姓名', 'email', 'phone']],
    ['Korean', '이름,이메일,휴대폰 번호', ['이름', 'email', 'phone']],
    ['Arabic', 'الاسم,البريد الإلكتروني,رقم الجوال', ['الاسم', 'email', 'phone']],
    ['Hebrew', '"שם","דוא""ל","טלפון נייד"', ['שם', 'email', 'phone']],
    ['a program, by the names of the API', 'phone,Mobile,email', ['phone', 'Mobile', 'email']],
    ['either kind of address', 'Address,name', ['address', 'name']],
    ['a postal address beside an email address', 'email,address,to', ['email', 'address', 'to']],
    ['a name that comes twice', 'email,Seat,Seat,Email,Seat', ['email', 'Seat', '["Seat 2"]', 'Email', '["Seat 3"]']],
    ['a name and a group of names', 'email,event,event.name', ['email', 'event', '["event.name"]']],
    [
      'names with dots that are no paths',
      'email,No.,Vers. 1.5,Str.',
      ['email', '["No."]', '["Vers. 1.5"]', '["Str."]'],
    ],
    ['a name of nine levels', 'email,a.b.c.d.e.f.g.h.i', ['email', '["a.b.c.d.e.f.g.h.i"]']],
    ['a name with quotes', 'email,"the ""seat"""', ['email', `['the "seat"']`]],
    ['an unnamed index', ',email,', ['ignored', 'email']],
    ['a name with a line break', 'email,"Full\nname"', ['email', '["Full name"]']],
    ['names with invisible characters', '\u200bemail\u200e,\u2060name', ['email', 'name']],
  ])('%s are understood', (_, header, expected) => {
    expect(columnsOf(`${header}\n`).map((column) => column.replace(/^.*?: /s, ''))).toEqual(expected);
  });

  test.each([
    ['a name of the list’s own', 'Contact,Kunde\n', { email: 'Contact' }, ['Contact: email', 'Kunde: Kunde']],
    ['a name that would be another field', 'email,Phone\n', { email: 'Phone' }, ['email: email', 'Phone: email']],
    ['no phone', 'Email,Phone\n', { phone: '' }, ['Email: email', 'Phone: Phone']],
    [
      'a name in other letters',
      'E-MAIL (private);Phone\n',
      { email: 'e-mail private' },
      ['E-MAIL (private): email', 'Phone: phone'],
    ],
  ])('a list are what the caller says: %s', (_, body, mapping, expected) => {
    expect(columnsOf(body, { mapping })).toEqual(expected);
  });

  test.each([['csv', 'Email\na@x.org\n', /none is named “Contact”/]] as const)(
    'a list of %s that lacks what the caller names is refused',
    (format, body, sentence) => {
      expect(() => rowsOf(format, body, 100, { mapping: { email: 'Contact' } })).toThrow(sentence);
    },
  );

  test('JSON are named by each row, and may be what the caller says', () => {
    const body = lines(
      '{"E-Mail":"a@x.org","Telefon":491713920001}',
      '{"contact":"b@x.org","name":"Bo"}',
      '{"name":"Cy"}',
    );
    expect(inShort(rowsOf('ndjson', body, 100, { mapping: { email: 'contact' } }))).toEqual([
      '1 491713920001 {"E-Mail":"a@x.org"}',
      '2 b@x.org {"name":"Bo"}',
      '3  {"name":"Cy"}',
    ]);
    expect(short('ndjson', body)).toEqual([
      '1 a@x.org+491713920001 {}',
      '2  {"contact":"b@x.org","name":"Bo"}',
      '3  {"name":"Cy"}',
    ]);
  });
});

describe('What a spreadsheet does to a file', () => {
  const TABLE = 'E-Mail;Name;Nr\r\na@x.org;Zoë €;="0042"\r\n';
  const READ = ['2 a@x.org {"Name":"Zoë €","Nr":"0042"}'];
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

  test.each([
    ['semicolons', TABLE],
    ['tabs', TABLE.replaceAll(';', '\t')],
    ['pipes', TABLE.replaceAll(';', '|')],
    ['a byte order mark', `\ufeff${TABLE}`],
    ['lines that end with CR', TABLE.replaceAll('\n', '')],
    ['UTF-16', utf16(`\ufeff${TABLE}`)],
    ['UTF-16 the other way round', utf16(`\ufeff${TABLE}`).swap16()],
    ['UTF-16 without its mark', utf16(TABLE)],
    ['UTF-16 without its mark, the other way round', utf16(TABLE).swap16()],
    ['UTF-16, tabs and CR', utf16(`\ufeff${TABLE.replaceAll(';', '\t').replaceAll('\n', '')}`)],
  ])('is no matter: %s', (_, body) => {
    for (const size of [1, 7, 65_536]) expect(inShort(rowsOf('csv', body, size))).toEqual(READ);
  });

  test.each([
    ['sep=;', ';'],
    ['SEP=,', ','],
    ['"sep=;"', ';'],
    ['sep=\t', '\t'],
    ['sep=^', '^'],
  ])('is heeded: a first line %s', (line, separator) => {
    const body = `${line}\r\n${TABLE.replaceAll(';', separator)}`;
    expect(short('csv', body)).toEqual(['3 a@x.org {"Name":"Zoë €","Nr":"0042"}']);
  });

  test.each([
    [
      'windows-1252',
      Buffer.from([0x45, 0x2d, 0x4d, 0x61, 0x69, 0x6c, 0x3b, 0x4e, 0x0a, 0x61, 0x40, 0x78, 0x3b, 0x80, 0xeb, 0x0a]),
      '€ë',
    ],
    [
      'iso-8859-2',
      Buffer.from([0x45, 0x2d, 0x4d, 0x61, 0x69, 0x6c, 0x3b, 0x4e, 0x0a, 0x61, 0x40, 0x78, 0x3b, 0xb3, 0xf3, 0x0a]),
      'łó',
    ],
    ['utf-8', Buffer.from('E-Mail;N\na@x;łó\n'), 'łó'],
    ['windows-1252', Buffer.from('\ufeffE-Mail;N\na@x;łó\n'), 'łó'],
  ])('may be named by the request: %s', (charset, body, name) => {
    for (const size of [1, 65_536]) {
      expect(inShort(rowsOf('csv', body, size, { charset }))).toEqual([`2 a@x {"N":"${name}"}`]);
    }
  });

  test('is told by row where its encoding is another than the request says', () => {
    const body = Buffer.concat([
      utf16('\ufeffemail,name\na@x.org,'),
      Buffer.from([0x00, 0xd8]),
      utf16('\nb@x.org,Bo\n'),
    ]);
    expect(short('csv', body)).toEqual(['2 not_utf8', '3 b@x.org {"name":"Bo"}']);
  });

  test('keeps a header with a quoted line break, and the lines of rows right', () => {
    const body = '"Full\nname",email\nAna,a@x.org\n';
    expect(short('csv', body)).toEqual(['3 a@x.org {"Full name":"Ana"}']);
  });

  test('leaves out cells in which nothing is to be seen, and rows of them', () => {
    const body = lines('email,name,city', 'a@x.org,\u200b,\u00a0', '\u2060,\u200e,', '\ufeff,Bo,');
    expect(short('csv', body)).toEqual(['2 a@x.org {}', '4  {"name":"Bo"}']);
  });
});
