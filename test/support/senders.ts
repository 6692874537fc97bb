/** Venues, and the senders that speak for them. */
import type { TestApp, Tenant } from './test-app.js';
import { newSenderNumber } from './people.js';

/** Creates a venue of a tenant, and answers its id. */
export async function newVenue(app: TestApp, owner: Tenant, name = 'Hall'): Promise<string> {
  const { body } = await app.as(owner).post('/api/venues').send({ name }).expect(201);
  return (body as { id: string }).id;
}

export interface SenderInput {
  /** The tenant's default venue unless given. */
  readonly venueId?: string;
  readonly channel: string;
  readonly address: string;
  readonly provider?: string;
  readonly fallbackSenderId?: string;
  readonly ratePerSecond?: number;
}

/** Creates a sender of a tenant, and answers its id. */
export async function newSender(app: TestApp, owner: Tenant, input: SenderInput): Promise<string> {
  const { body } = await app
    .as(owner)
    .post('/api/senders')
    .send({ venueId: owner.defaultVenueId, ...input })
    .expect(201);
  return (body as { id: string }).id;
}

/** From now on nothing is sent from this sender. */
export async function releaseSender(app: TestApp, owner: Tenant, id: string): Promise<void> {
  await app.as(owner).patch(`/api/senders/${id}`).send({ status: 'released' }).expect(200);
}

/** A new venue of a tenant with a number of its own. */
export async function venueWith(
  app: TestApp,
  owner: Tenant,
  channel: 'sms' | 'mms' | 'whatsapp',
  more: Partial<SenderInput> = {},
): Promise<{ venueId: string; senderId: string; number: string }> {
  const [venueId, number] = [await newVenue(app, owner), newSenderNumber()];
  const senderId = await newSender(app, owner, { venueId, channel, address: number, ...more });
  return { venueId, senderId, number };
}
