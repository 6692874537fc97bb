/** What the tests of campaigns share: audiences made set-wise, campaigns, and the equation that must always hold. */
import type { CampaignView, ProgressView } from '../../src/campaigns/campaigns.dto.js';
import type { CampaignState } from '../../src/campaigns/campaign.states.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

/** A local time that is certainly ahead, and less than a year. */
export const nextMonth = (): string => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 16);

let templates = 0;

/** A template of the tenant for a channel; answers its key. */
export async function template(
  app: TestApp,
  owner: Tenant,
  channel: 'email' | 'sms',
  more: { category?: string; body?: string } = {},
): Promise<string> {
  const key = `template-${(templates += 1)}`;
  const { category = 'transactional', body = 'Doors open at 19:00, {{ name }}.' } = more;
  const leaving = category === 'marketing' ? ' {{ unsubscribe_url }}' : '';
  const texts = channel === 'email' ? { subject: 'For {{ name }}', text: body + leaving } : { body };
  await app
    .as(owner)
    .post('/api/templates')
    .send({ key, channel, category, ...texts })
    .expect(201);
  return key;
}

export const mailbox = (n: number): string => `guest${String(n).padStart(6, '0')}@example.com`;

/** An audience of so many mailboxes, the n-th with `attributes` of n in SQL; `name` begins their addresses. */
export async function audience(
  app: TestApp,
  owner: Tenant,
  count: number,
  attributes = `jsonb_build_object('name', 'Guest ' || n)`,
  name = 'guest',
): Promise<string> {
  const id = await emptyAudience(app, owner);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'email', $3 || lpad(n::text, 6, '0') || '@example.com', ${attributes}, uuidv7() from generate_series(1, $2::int) as n`,
    [id, count, name],
  );
  return id;
}

/** Made by SQL: a million people take a moment. */
export async function emptyAudience(app: TestApp, owner: Tenant): Promise<string> {
  const [made] = await app.database.query<{ id: string }>(
    `insert into audience (tenant_id, name) values ($1, 'People') returning id`,
    [owner.id],
  );
  return made?.id ?? '';
}

/** A draft, by email unless another channel is given. */
export async function draft(app: TestApp, owner: Tenant, input: object): Promise<CampaignView> {
  const { body } = await app
    .as(owner)
    .post('/api/campaigns')
    .send({ name: 'Spring opening', channel: 'email', ...input })
    .expect(201);
  return body as CampaignView;
}

export async function act(
  app: TestApp,
  owner: Tenant,
  id: string,
  action: string,
  body: object = {},
): Promise<CampaignView> {
  const answer = await app.as(owner).post(`/api/campaigns/${id}/${action}`).send(body);
  expect([action, answer.status, answer.body]).toEqual([action, 200, expect.anything()]);
  return answer.body as CampaignView;
}

/** Reads a campaign, and proves that its counts add up. */
export async function look(app: TestApp, owner: Tenant, id: string): Promise<CampaignView> {
  const { body } = await app.as(owner).get(`/api/campaigns/${id}`).expect(200);
  const view = body as CampaignView;
  prove(view.progress);
  return view;
}

/** audience = excluded + messages, messages = the sum over statuses, excluded = the sum over reasons; nothing below zero. */
export function prove({ audience: all, excluded, excludedBy, messages, byStatus, remaining }: ProgressView): void {
  expect(all).toBe(excluded + messages);
  expect(messages).toBe(sum(byStatus));
  expect(excluded).toBe(sum(excludedBy));
  expect(remaining).toBe(
    sum({ ...pick(byStatus, 'queued'), ...pick(byStatus, 'sending'), ...pick(byStatus, 'scheduled') }),
  );
  expect(Object.values(byStatus).every((count) => count > 0)).toBe(true);
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
const pick = (counts: Readonly<Record<string, number>>, status: string): Record<string, number> => ({
  [status]: counts[status] ?? 0,
});

/** Waits until the campaign has this state, proving the equation at every look. */
export const whenState = (app: TestApp, owner: Tenant, id: string, state: CampaignState): Promise<CampaignView> =>
  until(async () => {
    const view = await look(app, owner, id);
    return view.status === state && view;
  });

/** Waits until all messages of the campaign have one of these statuses. */
export const whenAll = (app: TestApp, owner: Tenant, id: string, statuses: readonly string[]): Promise<CampaignView> =>
  until(async () => {
    const view = await look(app, owner, id);
    return (
      view.progress.frozen && Object.keys(view.progress.byStatus).every((status) => statuses.includes(status)) && view
    );
  });

/** How many there may be beside those that are delivered, where the machine is so slow that a call was given up: what no provider took. */
export const doubtsOf = ({ progress }: CampaignView): number => progress.byStatus['unknown'] ?? 0;

/**
 * Waits until every message has one of these statuses, or is delivered, or is in doubt and was taken by nobody: what a provider took
 * is delivered in the end, also where its answer came too late.
 */
export const whenSettled = (
  app: TestApp,
  owner: Tenant,
  id: string,
  taken: () => Promise<readonly string[]>,
  statuses: readonly string[] = [],
): Promise<CampaignView> =>
  until(async () => {
    const view = await look(app, owner, id);
    const { frozen, byStatus } = view.progress;
    const ends = ['delivered', 'unknown', ...statuses];
    if (!frozen || !Object.keys(byStatus).every((status) => ends.includes(status))) return false;
    return (byStatus['delivered'] ?? 0) === new Set(await taken()).size && view;
  });

/** What the ledger itself says of a campaign, counted. */
export async function ledgerOf(app: TestApp, id: string): Promise<Record<string, number>> {
  const rows = await app.database.query<{ status: string; count: number }>(
    `select status, count(*)::int as count from message where campaign_id = $1 group by status`,
    [id],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
