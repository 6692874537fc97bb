/** A thousand messages in one request: an announcement that needs consent, and a reminder that does not. */
import type { Imported, Message } from './answers.js';
import type { Problem } from './api.js';
import { CHANNELS, bodyOf, insist, until, type Channel, type DemoSession, type Draft } from './session.js';

/** As in reality, some phones are off and some mailboxes gone: the sandbox fails a few messages. */
const SOME_FAIL = { outcomes: { undelivered: 0.02, bounce: 0.015 } };

/** Returns the messages with their final status. */
export async function sendThousand(session: DemoSession): Promise<readonly Message[]> {
  const { screen, api, examples } = session;
  screen.chapter('A thousand messages');
  for (const channel of CHANNELS) await importConsent(session, channel);

  const messages = draftsOf(session).map((draft) => bodyOf(session, draft));
  await api.put('/sandbox/faults', SOME_FAIL);
  const [begun, since] = [performance.now(), new Date().toISOString()];
  const { items } = await api.post<{ items: { error?: Problem }[] }>('/api/messages/batch', { messages });
  const refused = items.find(({ error }) => error !== undefined);
  insist(!refused, `A message of the batch was refused: ${refused?.error?.detail}`);
  screen.done(`${items.length.toLocaleString('en')} messages accepted in one request, in ${msSince(begun)} ms`);
  screen.note(
    `A season's announcement to ${examples.attendees.length} people and a reminder of ${examples.orders.length} orders, each by email and SMS.`,
  );

  const ended = await until(session.signal, 'The batch came to no end', () => endOf(session, since, messages.length));
  screen.done(`All came to an end ${(msSince(begun) / 1000).toFixed(1)} s after they were handed in`);
  await api.put('/sandbox/faults', {});
  showEnds(session, ended);
  return ended;
}

/** The announcement to every attendee and the reminder to every buyer, on both channels. */
function draftsOf({ examples, hall }: DemoSession): Draft[] {
  return CHANNELS.flatMap((channel) => [
    ...examples.attendees.map((to) => ({ from: hall, channel, template: 'spring-season', to })),
    ...examples.orders.map((order) => ({ from: hall, channel, template: 'doors-reminder', to: order.buyer, order })),
  ]);
}

async function importConsent({ screen, api, examples, hall }: DemoSession, channel: Channel): Promise<void> {
  const contacts = examples.attendees
    .filter(({ consent }) => consent[channel] !== '')
    .map((attendee) => ({
      address: channel === 'email' ? attendee.email : attendee.phone,
      status: attendee.consent[channel],
      occurredAt: attendee.decidedAt,
      evidence: { attendeeId: attendee.id },
    }));
  const body = { venueId: hall.id, channel, source: 'checkout', contacts };
  const { imported, errors } = await api.post<Imported>('/api/consent/import', body);
  insist(errors.length === 0, `${errors.length} consents for ${channel} could not be read: ${errors[0]?.detail}`);
  const [asked, optedIn] = [contacts.length, contacts.filter(({ status }) => status === 'opted_in').length];
  const unknown = examples.attendees.length - asked;
  screen.done(
    `${imported} consents for ${channel} imported: ${optedIn} opted in, ${asked - optedIn} out; ${unknown} were never asked`,
  );
}

/** The batch as the API lists it, once all its messages are final. */
async function endOf({ screen, api }: DemoSession, since: string, count: number): Promise<Message[] | undefined> {
  const messages = await api.all<Message>(`/api/messages?since=${encodeURIComponent(since)}`);
  const ended = messages.filter(({ settledAt }) => settledAt !== null);
  screen.progress(ended.length, count, 'at their end');
  return ended.length === count ? ended : undefined;
}

/** Statuses with their own column: more would not fit the screen. */
const COLUMNS = 4;

/** Counts by status, with the API's explanation of each status. */
function showEnds({ screen }: DemoSession, messages: readonly Message[]): void {
  const statuses = [...Map.groupBy(messages, ({ status }) => status)].sort(
    ([, left], [, right]) => right.length - left.length,
  );
  const shown = statuses.slice(0, COLUMNS).map(([status]) => status);
  const kinds = Map.groupBy(messages, ({ channel, category }) => `${channel} ${category}`);
  const rows = [...[...kinds].sort(([left], [right]) => left.localeCompare(right)), ['all', messages] as const].map(
    ([kind, ofKind]) => {
      const counts = shown.map((status) => ofKind.filter((message) => message.status === status).length);
      const others = ofKind.length - counts.reduce((sum, count) => sum + count, 0);
      return [kind, ...counts, ...(statuses.length > COLUMNS ? [others] : [])];
    },
  );
  screen.table([['', ...shown, ...(statuses.length > COLUMNS ? ['other'] : [])], ...rows], { headed: true });
  for (const [status, [first]] of statuses) if (first?.explanation) screen.note(`${status}: ${first.explanation}`);
}

const msSince = (start: number): number => Math.round(performance.now() - start);
