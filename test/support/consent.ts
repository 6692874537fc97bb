/** What people decided, as the API shows it. */
import type { ConsentView } from '../../src/consent/consent.dto.js';
import type { SuppressionView } from '../../src/consent/suppressions/suppressions.dto.js';
import type { TestApp, Tenant } from './test-app.js';

/** Reads an address's consent at a venue. */
export async function consentOf(
  app: TestApp,
  owner: Tenant,
  venueId: string,
  address: string,
  channel = 'sms',
): Promise<ConsentView> {
  const path = `/api/consent/${venueId}/${encodeURIComponent(address)}`;
  return (await app.as(owner).get(path).query({ channel }).expect(200)).body as ConsentView;
}

/** Records what people decided, up to 1,000 of them. */
export async function decide(
  app: TestApp,
  owner: Tenant,
  addresses: readonly string[],
  channel: string,
  status: 'opted_in' | 'opted_out' = 'opted_in',
  venueId = owner.defaultVenueId,
): Promise<void> {
  const contacts = addresses.map((address) => ({ address, status }));
  const input = { venueId, channel, source: 'journey', contacts };
  const { body } = await app.as(owner).post('/api/consent/import').send(input).expect(200);
  expect(body).toMatchObject({ imported: addresses.length });
}

/** Why an address must not be written to, if so. */
export async function suppressionOf(
  app: TestApp,
  owner: Tenant,
  address: string,
): Promise<SuppressionView | undefined> {
  const { body } = await app.as(owner).get('/api/suppressions').query({ address }).expect(200);
  return (body as { items: SuppressionView[] }).items[0];
}
