/** A tenant, its key, its venues and their senders. */
import type { Screen } from '../terminal/index.js';
import type { Created } from './answers.js';
import type { Api } from './api.js';
import type { DemoSession, Venue } from './session.js';
import type { Examples, VenueExample } from './examples.js';

/** Only this chapter uses the platform's admin key: the others use the tenant's own. */
export async function setUp(screen: Screen, admin: Api, examples: Examples, signal: AbortSignal): Promise<DemoSession> {
  screen.chapter('A tenant and its voices');
  const { name, timezone } = examples.tenant;
  const { id } = await admin.post<Created>('/api/tenants', examples.tenant);
  screen.done(`Tenant ${name}: its days and months begin in ${timezone}`);

  const issued = await admin.post<{ key: string }>(`/api/tenants/${id}/api-keys`, { name: 'Demo', scopes: ['*'] });
  screen.done(`API key ${issued.key.slice(0, 12)}…, shown once: only its hash is kept`);

  const api = admin.as(issued.key);
  const venues: Venue[] = [];
  for (const venue of examples.venues) venues.push(await addVenue(screen, api, venue));
  const [hall, stage] = venues;
  if (!hall || !stage) throw new Error('examples/venue.json: the story needs two venues');
  return { screen, api, examples, hall, stage, signal };
}

async function addVenue(screen: Screen, api: Api, { name, externalId, senders }: VenueExample): Promise<Venue> {
  const { id } = await api.post<Created>('/api/venues', { name, externalId });
  for (const sender of senders) await api.post<Created>('/api/senders', { venueId: id, ...sender });
  screen.done(`Venue ${name}, speaking as ${senders.map(({ address }) => address).join(' and ')}`);
  const number = senders.find(({ channel }) => channel === 'sms')?.address;
  if (!number) throw new Error(`examples/venue.json: the story needs ${name} to have an SMS sender`);
  return { id, name, number };
}
