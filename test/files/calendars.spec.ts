/** Invitations to a calendar: a later message changes the entry, and a cancellation takes it out. */
import ICAL from 'ical.js';
import { email, send, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

interface Entry {
  readonly sequence: number;
  readonly status: string;
  readonly starts: string;
  readonly organizer: string;
}

/** A calendar that does what RFC 5546 (2.1.5, 3.2) says to invitations. */
class Calendar {
  readonly entries = new Map<string, Entry>();

  take(file: string): void {
    const calendar = new ICAL.Component(ICAL.parse(file) as unknown[]);
    const found = calendar.getFirstSubcomponent('vevent');
    if (!found) throw new Error('the file has no event');
    const event = new ICAL.Event(found);
    const text = (name: string): string => String(found.getFirstPropertyValue(name) ?? '');
    const known = this.entries.get(event.uid);
    const organizer = text('organizer');
    if (known && (event.sequence < known.sequence || known.organizer !== organizer)) return;
    if (calendar.getFirstPropertyValue('method') === 'CANCEL') this.entries.delete(event.uid);
    else
      this.entries.set(event.uid, {
        sequence: event.sequence,
        status: text('status'),
        starts: event.startDate.toJSDate().toISOString(),
        organizer,
      });
  }
}

const SHOW = {
  method: 'REQUEST',
  uid: 'order-A-1001@riverside.example',
  title: 'Summer Night; Part 1, "Rain, or shine"',
  startsAt: '2026-12-05T19:00:00+01:00',
  endsAt: '2026-12-05T22:30:00+01:00',
  description: 'Doors at 18:00.\nBring ä coat',
  location: 'River stage, gate 4',
  url: 'https://riverside.example/shows/7,a;b?x=1',
};

describe.each([
  ['ses', 'text/calendar; charset=utf-8; method='],
  ['sendgrid', 'text/calendar;method='],
  ['resend', 'text/calendar; charset=utf-8; method='],
])('An invitation through %s', (provider, type) => {
  test('is changed by a later one, and taken out by its cancellation', async () => {
    const venueId = await newVenue(app, tenant);
    await newSender(app, tenant, { venueId, channel: 'email', address: `box@${provider}.example`, provider });
    const to = newMailbox();
    const calendar = new Calendar();
    const sent = async (entry: object): Promise<{ mediaType: string; name: string; calendar: string }> => {
      const id = await send(app, tenant, email({ to, venueId, calendar: { ...SHOW, ...entry } }));
      await whenStatus(app, tenant, id, 'delivered');
      const [file] = (await recordOf(app, to)).at(-1)?.attachments ?? [];
      calendar.take(file?.calendar ?? '');
      return { mediaType: '', name: '', calendar: '', ...file };
    };

    const first = await sent({ sequence: 0 });
    expect([first.name, first.mediaType]).toEqual(['invite.ics', `${type}REQUEST`]);
    expect([...calendar.entries]).toEqual([
      [
        SHOW.uid,
        {
          sequence: 0,
          status: 'CONFIRMED',
          starts: '2026-12-05T18:00:00.000Z',
          organizer: `mailto:box@${provider}.example`,
        },
      ],
    ]);
    const [event] = new ICAL.Component(ICAL.parse(first.calendar) as unknown[]).getAllSubcomponents('vevent');
    const said = (name: string): unknown => event?.getFirstPropertyValue(name);
    expect([said('summary'), said('description'), said('location')]).toEqual([
      SHOW.title,
      SHOW.description,
      SHOW.location,
    ]);
    expect([said('url'), said('attendee')]).toEqual(['https://riverside.example/shows/7%2Ca%3Bb?x=1', `MAILTO:${to}`]);
    expect(first.calendar).toContain('DTSTART:20261205T180000Z');

    await sent({ startsAt: '2026-12-05T19:00:00Z' }); // its sequence follows the time
    expect(calendar.entries.get(SHOW.uid)?.starts).toBe('2026-12-05T19:00:00.000Z');
    await sent({ sequence: 1, startsAt: '2026-12-05T20:00:00Z' }); // came late
    expect(calendar.entries.get(SHOW.uid)?.starts).toBe('2026-12-05T19:00:00.000Z');

    const last = await sent({ method: 'CANCEL' });
    expect([last.name, last.mediaType]).toEqual(['cancel.ics', `${type}CANCEL`]);
    expect(last.calendar).toContain('STATUS:CANCELLED');
    expect(calendar.entries.size).toBe(0);
  });
});

test.each([
  ['that ends before it begins', { endsAt: '2026-12-05T18:00:00Z' }, 'bad_calendar', 'calendar.endsAt'],
  [
    'with a line break in its title',
    { title: 'Night\r\nATTENDEE:mailto:x@y.example' },
    'invalid_request',
    'calendar.title',
  ],
  ['with another property in its uid', { uid: 'order-1;X=1' }, 'invalid_request', 'calendar.uid'],
  ['with a url that is none', { url: 'https://' }, 'invalid_request', 'calendar.url'],
  ['with a reply', { method: 'REPLY' }, 'invalid_request', 'calendar.method'],
])('An invitation %s is refused', async (_, entry, code, path) => {
  const { body } = await app
    .as(tenant)
    .post('/api/messages')
    .send(email({ calendar: { ...SHOW, ...entry } }));
  expect(body).toMatchObject({ code, errors: [{ path }] });
});
