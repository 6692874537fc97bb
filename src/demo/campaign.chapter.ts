/** A campaign to every attendee: imported, estimated, launched, and every recipient accounted for. */
import type { Campaign, Created, Estimate, ImportedContacts } from './answers.js';
import { insist, until, type DemoSession } from './session.js';

export async function runCampaign(session: DemoSession): Promise<void> {
  const { screen, api, signal } = session;
  screen.chapter('A campaign to everybody');
  const audienceId = await importAttendees(session);
  const { id } = await api.post<Created>('/api/campaigns', {
    name: 'Spring season',
    channel: 'email',
    venueId: session.hall.id,
    templateKey: 'spring-season-email',
    audienceId,
  });
  const estimate = await api.get<Estimate>(`/api/campaigns/${id}/estimate`);
  screen.done(`The estimate: ${estimate.recipients} of ${estimate.audience} would get it`);
  screen.note(`Left out: ${reasons(estimate.excludedBy)}.`);

  await api.post(`/api/campaigns/${id}/launch`, {});
  const { progress } = await until(signal, 'The campaign came to no end', async () => {
    const campaign = await api.get<Campaign>(`/api/campaigns/${id}`);
    const { messages, remaining } = campaign.progress;
    screen.progress(messages - remaining, Math.max(messages, estimate.recipients), 'sent');
    return campaign.status === 'SENT' ? campaign : undefined;
  });
  const { audience, excluded, messages } = progress;
  insist(audience === excluded + messages, 'The campaign does not add up.');
  insist(messages === estimate.recipients, 'The estimate was not what came of it.');
  screen.done(`It adds up: ${audience} in the audience = ${excluded} left out + ${messages} messages`);
}

/** Imports all attendees into one audience. Returns its id. */
async function importAttendees({ screen, api, examples, hall }: DemoSession): Promise<string> {
  const { id } = await api.post<Created>('/api/audiences', { name: 'Attendees of the season' });
  const contacts = examples.attendees.map(({ email, name }) => ({
    email,
    attributes: { name, venue: { name: hall.name } },
  }));
  const { inserted, rejected } = await api.post<ImportedContacts>(`/api/audiences/${id}/contacts`, { contacts });
  insist(rejected === 0, `${rejected} attendees could not be read.`);
  screen.done(`${inserted} contacts imported; a million would come the same way, as a stream of CSV`);
  return id;
}

const reasons = (excludedBy: Readonly<Record<string, number>>): string =>
  Object.entries(excludedBy)
    .map(([reason, count]) => `${count} by ${reason}`)
    .join(', ');
