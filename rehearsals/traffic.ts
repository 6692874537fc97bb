/** A tenant that sends while something is done to the deployment: single messages and campaigns, each to a recipient of its own. */
import { Client } from '../harness/patient-client.js';
import { ADMIN_KEY } from './deployment.js';

const BATCH = 50;
const TEMPLATE = {
  key: 'news',
  channel: 'email',
  category: 'transactional',
  subject: 'Hi {{ name }}',
  text: 'Doors at 19:00',
};
const SMS_PER_SECOND = 500;

interface Draft {
  readonly channel: 'email' | 'sms';
  readonly to: string;
  readonly content: object;
}

export class Traffic {
  /** Whoever was promised a message: the answer was 202, or the campaign was launched. */
  readonly promised = new Set<string>();
  readonly client: Client;
  private sequence = 0;

  constructor(url: string) {
    this.client = new Client(url, ADMIN_KEY);
  }

  async prepare(): Promise<void> {
    const tenant = await this.client.ask<{ id: string; defaultVenueId: string }>('POST', '/api/tenants', {
      name: 'Riverside',
      slug: 'riverside',
    });
    this.client.tenantId = tenant.id;
    const sender = { venueId: tenant.defaultVenueId, channel: 'sms', address: '+15557000001' };
    await this.client.ask('POST', '/api/senders', { ...sender, ratePerSecond: SMS_PER_SECOND });
    await this.client.ask('POST', '/api/templates', TEMPLATE);
  }

  /** Sends so many, half of them as a campaign, while `work` is done. Resolves when both are through. */
  async during(count: number, work: () => Promise<void>): Promise<void> {
    const readers = Math.floor(count / 2);
    await Promise.all([this.campaign(readers).then(() => this.singles(count - readers)), work()]);
  }

  private async singles(count: number): Promise<void> {
    for (let left = count; left > 0; left -= BATCH) {
      const messages = Array.from({ length: Math.min(BATCH, left) }, () => this.draft());
      const { items } = await this.client.ask<{ items: { id?: string }[] }>('POST', '/api/messages/batch', {
        messages,
      });
      if (items.some(({ id }) => id === undefined)) throw new Error(`A message was refused: ${JSON.stringify(items)}`);
      for (const { to } of messages) this.promised.add(to);
    }
  }

  private draft(): Draft {
    const index = this.sequence++;
    return index % 2 === 0
      ? { channel: 'email', to: `guest${index}@example.com`, content: { subject: 'Gate', text: 'Use gate 4' } }
      : { channel: 'sms', to: `+${4_915_200_000_000 + index}`, content: { body: 'Use gate 4' } };
  }

  private async campaign(count: number): Promise<void> {
    const place = this.sequence++;
    const { id: audienceId } = await this.client.ask<{ id: string }>('POST', '/api/audiences', {
      name: `People ${place}`,
    });
    const people = Array.from({ length: count }, (_, index) => `reader${place}.${index}@example.com`);
    const contacts = people.map((email) => JSON.stringify({ email, name: 'Reader' })).join('\n');
    await this.client.ask('POST', `/api/audiences/${audienceId}/contacts`, contacts);
    const campaign = { name: `News ${place}`, channel: 'email', templateKey: TEMPLATE.key, audienceId };
    const { id } = await this.client.ask<{ id: string }>('POST', '/api/campaigns', campaign);
    await this.client.ask('POST', `/api/campaigns/${id}/launch`, {});
    for (const email of people) this.promised.add(email);
  }
}
