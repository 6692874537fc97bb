/** Reads examples/: the data of the scenario. */
import { readFile, readdir } from 'node:fs/promises';
import { parse } from 'node:path';

/** Relative to the compiled file, dist/src/demo/examples.js. */
const FOLDER = new URL('../../../examples/', import.meta.url);

export interface VenueExample {
  readonly name: string;
  readonly externalId: string;
  readonly senders: readonly { readonly channel: string; readonly address: string; readonly displayName?: string }[];
}

export interface Attendee {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  /** Empty if consent was never requested. */
  readonly consent: { readonly email: string; readonly sms: string };
  readonly decidedAt: string;
}

export interface Order {
  readonly id: string;
  readonly buyer: Attendee;
  readonly tickets: number;
  readonly section: string;
  /** Integer micros of the currency's unit. */
  readonly total: number;
  readonly currency: string;
}

/** The body of `POST /api/templates`. */
export interface TemplateExample {
  readonly key: string;
  readonly channel: string;
  readonly category: string;
}

interface VenueFile {
  readonly tenant: { readonly name: string; readonly slug: string; readonly timezone: string };
  readonly venues: readonly VenueExample[];
  readonly event: Readonly<Record<string, string>>;
}

export interface Examples extends VenueFile {
  readonly attendees: readonly Attendee[];
  readonly orders: readonly Order[];
  readonly templates: readonly TemplateExample[];
}

export async function readExamples(): Promise<Examples> {
  const file = JSON.parse(await text('venue.json')) as VenueFile;
  const attendees = rowsOf(await text('attendees.csv')).map(attendeeOf);
  const byId = new Map(attendees.map((attendee) => [attendee.id, attendee]));
  const orders = rowsOf(await text('orders.csv')).map((row) => orderOf(row, byId));
  const names = (await readdir(new URL('templates/', FOLDER))).sort();
  const templates = await Promise.all(names.map(async (name) => templateOf(name, await text(`templates/${name}`))));
  return { ...file, attendees, orders, templates };
}

const text = (name: string): Promise<string> => readFile(new URL(name, FOLDER), 'utf8');

type Row = (column: string) => string;

/** The rows of a CSV file without quoted fields, each read by column name. */
function rowsOf(csv: string): Row[] {
  const [head = '', ...lines] = csv.trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return (column) => {
      const field = fields[columns.indexOf(column)];
      if (field === undefined) throw new Error(`examples/: the row "${line}" has no ${column}`);
      return field;
    };
  });
}

function attendeeOf(row: Row): Attendee {
  return {
    id: row('id'),
    name: row('first_name'),
    email: row('email'),
    phone: row('phone'),
    consent: { email: row('email_consent'), sms: row('sms_consent') },
    decidedAt: row('decided_at'),
  };
}

function orderOf(row: Row, attendees: ReadonlyMap<string, Attendee>): Order {
  const buyer = attendees.get(row('attendee_id'));
  if (!buyer) throw new Error(`examples/orders.csv: order ${row('id')} is of an attendee who is not in attendees.csv`);
  const total = Math.round(Number(row('total')) * 1_000_000);
  const [tickets, section] = [Number(row('tickets')), row('section')];
  return { id: row('id'), buyer, tickets, section, total, currency: row('currency') };
}

/** Above the `---`: channel, category and an email's subject, one per line; below it the text. */
function templateOf(name: string, source: string): TemplateExample {
  const [, head = '', body = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(source.replaceAll('\r\n', '\n')) ?? [];
  const fields = Object.fromEntries(
    head.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)),
  ) as TemplateExample;
  return {
    ...fields,
    key: parse(name).name,
    ...(fields.channel === 'email' ? { html: body.trim() } : { body: body.trim() }),
  };
}
