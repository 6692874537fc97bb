/** Pause, resume, cancel, throttle, schedule: what acts on a campaign, at once and exactly. */
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import {
  act,
  audience,
  doubtsOf,
  draft,
  ledgerOf,
  look,
  mailbox,
  template,
  whenAll,
  whenState,
  whenSettled,
} from './campaign.support.js';
import { list, send } from '../support/messages.js';
import { faults, recordOf } from '../support/sandbox.js';

let app: TestApp;
let tenant: Tenant;
let templateKey: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  templateKey = await template(app, tenant, 'email');
});
afterAll(() => app.close());
beforeEach(() => app.http.delete('/sandbox/messages').expect(204));
afterEach(() => faults(app, {}));

const SLOW: FaultPlan = { calls: [{ provider: 'ses', latencyMs: { min: 100, max: 100 } }] };
/** So that much waits however long a busy machine takes to cancel. */
const SLOWER: FaultPlan = { calls: [{ provider: 'ses', latencyMs: { min: 1_000, max: 1_000 } }] };
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

async function campaignTo(count: number, more: object = {}): Promise<string> {
  const audienceId = await audience(app, tenant, count);
  return (await draft(app, tenant, { templateKey, audienceId, ...more })).id;
}

/** The hour of a scheduled campaign is so many ms from now; answers when that is. */
async function hourComes(id: string, ms = 0): Promise<number> {
  const [row] = await app.database.query<{ at: number }>(
    `update campaign set scheduled_at = now() + make_interval(secs => $2::float8 / 1000) where id = $1
     returning (extract(epoch from scheduled_at) * 1000)::float8 as at`,
    [id, ms],
  );
  return row?.at ?? 0;
}

const waiting = ({ progress }: CampaignView): number => progress.byStatus['queued'] ?? 0;
const takenBy = async (): Promise<string[]> => (await recordOf(app)).map(({ to }) => to);
/** Messages of a campaign that no drain has taken up. */
const unclaimed = async (id: string): Promise<number> =>
  (await app.database.query(`select from pending where campaign_id = $1 and claim is null`, [id])).length;
const underWay = (id: string): Promise<unknown> =>
  until(async () => ((await look(app, tenant, id)).progress.byStatus['sent'] ?? 0) > 50);

test('a pause lets nothing more be taken up; a resume sends each that remains once', async () => {
  await faults(app, SLOW);
  const id = await campaignTo(3_000);
  await act(app, tenant, id, 'launch');
  for (let round = 0; round < 3; round += 1) {
    await underWay(id);
    const paused = await act(app, tenant, id, 'pause');
    expect(paused).toMatchObject({ status: 'PAUSED', statusReason: null });
    const held = await unclaimed(id);
    await until(async () => waiting(await look(app, tenant, id)) === held); // what was in hand is through
    await until(async () => (await look(app, tenant, id)).progress.byStatus['sending'] === undefined);
    expect(waiting(await look(app, tenant, id))).toBe(held);
    await act(app, tenant, id, 'resume');
  }
  await whenState(app, tenant, id, 'SENT');
  const settled = await whenSettled(app, tenant, id, takenBy);
  const taken = await takenBy();
  const each = 3_000 - doubtsOf(settled);
  expect([taken.length, new Set(taken).size]).toEqual([each, each]);
});

test('a cancel ends all that wait, at once and for good', async () => {
  await faults(app, SLOWER);
  const id = await campaignTo(3_000);
  await act(app, tenant, id, 'launch');
  await underWay(id);
  const cancelled = await act(app, tenant, id, 'cancel');
  expect(cancelled.status).toBe('CANCELLED');
  const { cancelled: taken = 0 } = (await look(app, tenant, id)).progress.byStatus;
  const left = (await unclaimed(id)) + taken;
  expect(left).toBeGreaterThan(0);
  const ended = await whenSettled(app, tenant, id, takenBy, ['cancelled']);
  expect(ended.progress.byStatus['cancelled']).toBeGreaterThanOrEqual(left);
  expect(ended.progress.byStatus).toEqual(await ledgerOf(app, id));
  expect(new Set(await takenBy()).size).toBe(ended.progress.byStatus['delivered']);
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/resume`).expect(409);
  expect(body).toMatchObject({
    code: 'campaign_state',
    detail: 'The campaign is CANCELLED: only one that is PAUSED can be resumed',
  });
});

test('a cancel while the audience is being frozen leaves no part of it half done', async () => {
  await faults(app, SLOW);
  const id = await campaignTo(60_000);
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.messages > 0);
  const cancelled = await act(app, tenant, id, 'cancel');
  expect(cancelled.progress).toMatchObject({ frozen: false });
  const ended = await until(async () => {
    const view = await look(app, tenant, id);
    const ends = ['delivered', 'cancelled', 'unknown'];
    const left = Object.keys(view.progress.byStatus).filter((status) => !ends.includes(status));
    return left.length === 0 && view;
  });
  expect(ended.progress.messages).toBeLessThan(60_000);
  expect(ended.progress.byStatus).toEqual(await ledgerOf(app, id));
  const query = { campaignId: id, status: 'cancelled', limit: 500 };
  expect((await list(app, tenant, query, '/api/history')).items).toHaveLength(500);
});

test('a throttle holds beside the lane’s rate, can be changed on the way, and does not slow what is no part of it', async () => {
  const id = await campaignTo(400, { messagesPerMinute: 60 });
  const begun = Date.now();
  await act(app, tenant, id, 'launch');
  const taken = await until(async () => {
    const people = await takenBy();
    return people.length >= 4 && people;
  });
  const seconds = (Date.now() - begun) / 1_000;
  expect(taken.length).toBeLessThanOrEqual(seconds + 1 + 2); // its rate, and a burst of two seconds
  const ticket = { channel: 'email', to: 'ana@example.com', content: { subject: 'Ticket', text: 'Row 4' } };
  await send(app, tenant, ticket);
  await until(async () => (await recordOf(app, 'ana@example.com')).length === 1);
  expect((await look(app, tenant, id)).progress.remaining).toBeGreaterThan(200);
  const changedAt = Date.now();
  await app.as(tenant).patch(`/api/campaigns/${id}`).send({ messagesPerMinute: null }).expect(200);
  await whenState(app, tenant, id, 'SENT');
  expect(Date.now() - changedAt).toBeLessThan(200_000); // and not one a second
});

test('a campaign that fails too often pauses by itself and says why', async () => {
  await faults(app, { outcomes: { bounce: 1 } });
  const own = await app.tenant();
  const audienceId = await audience(app, own, 2_000, undefined, 'gone'); // dead for every tenant in the end
  const key = await template(app, own, 'email');
  const { id } = await draft(app, own, { templateKey: key, audienceId, messagesPerMinute: 1_200 }); // not over before its bounces are counted
  await act(app, own, id, 'launch');
  const paused = await whenState(app, own, id, 'PAUSED');
  expect(paused.statusReason).toMatch(/^Paused by itself: \d+ of \d+ messages have failed$/);
  await act(app, own, id, 'cancel');
});

test('an overdue campaign does not fire late: what has not left by expiresAt ends as expired', async () => {
  const id = await campaignTo(300, { messagesPerMinute: 60, expiresAt: inMs(3_600_000) });
  await act(app, tenant, id, 'launch');
  await until(async () => (await takenBy()).length > 0);
  await app.database.transaction(async () => {
    await app.database.query(`update campaign set expires_at = now() where id = $1`, [id]);
    await app.database.query(`update message set expires_at = now() where campaign_id = $1`, [id]);
  });
  const sent = await whenState(app, tenant, id, 'SENT');
  expect(sent.progress.byStatus['expired']).toBeGreaterThan(100);
  expect((await takenBy()).length).toBe(300 - (sent.progress.byStatus['expired'] ?? 0));
  const late = await campaignTo(3, { expiresAt: inMs(3_600_000) });
  await app.database.query(`update campaign set expires_at = now() where id = $1`, [late]);
  const { body } = await app.as(tenant).post(`/api/campaigns/${late}/launch`).expect(422);
  expect(body).toMatchObject({ code: 'campaign_overdue' });
});

describe('A scheduled campaign', () => {
  test('begins at its hour, once, and can be moved before that', async () => {
    const id = await campaignTo(5, { scheduledAt: inMs(86_400_000) });
    expect(await look(app, tenant, id)).toMatchObject({ status: 'SCHEDULED' });
    const later = inMs(3_600_000);
    const moved = await act(app, tenant, id, 'schedule', { scheduledAt: later });
    expect(moved.scheduledAt).toBe(later);
    const at = await hourComes(id, 1_500);
    const sent = await whenState(app, tenant, id, 'SENT');
    expect(Date.parse(sent.launchedAt ?? '')).toBeGreaterThanOrEqual(Math.floor(at));
    expect(await takenBy()).toHaveLength(5);
  });

  test('takes a local time on the tenant’s wall clock', async () => {
    const id = await campaignTo(1);
    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const view = await act(app, tenant, id, 'schedule', { scheduledAt: `${day}T18:00` });
    expect(view.scheduledLocal).toMatch(new RegExp(`^${day}T18:00:00\\+0[12]:00\\[Europe/Berlin\\]$`));
    expect((await act(app, tenant, id, 'cancel')).status).toBe('CANCELLED');
  });

  test('that was due while the service was down is made up for within the hour, and not after it', async () => {
    const [soon, late, over] = await Promise.all([
      campaignTo(2, { scheduledAt: inMs(600_000) }),
      campaignTo(2, { scheduledAt: inMs(600_000) }),
      campaignTo(2, { scheduledAt: inMs(600_000), expiresAt: inMs(700_000) }),
    ]);
    await app.database.query(
      `update campaign set scheduled_at = now() - make_interval(mins => case id when $1 then 30 when $2 then 61 else 20 end),
         expires_at = case id when $3 then now() - interval '1 minute' end
       where id in ($1::uuid, $2::uuid, $3::uuid)`,
      [soon, late, over],
    );
    await whenState(app, tenant, soon, 'SENT');
    const missed = await whenState(app, tenant, late, 'FAILED');
    expect(missed.statusReason).toContain('more than 60 minutes ago');
    expect((await whenState(app, tenant, over, 'FAILED')).statusReason).toContain('expiresAt has passed');
    expect((await ledgerOf(app, late), await ledgerOf(app, over))).toEqual({});
    await act(app, tenant, late, 'launch'); // nothing was lost: a person may decide
    await whenState(app, tenant, late, 'SENT');
  });

  test('whose audience has become empty fails with the reason instead of being sent to nobody', async () => {
    const id = await campaignTo(1, { scheduledAt: inMs(3_600_000) });
    await app.database.query(
      `delete from contact where audience_id = (select audience_id from campaign where id = $1)`,
      [id],
    );
    await hourComes(id);
    expect((await whenState(app, tenant, id, 'FAILED')).statusReason).toContain('import some first');
  });
});

test('the recipients of a campaign are not sent to anew by a resend of one of them', async () => {
  const id = await campaignTo(2);
  await act(app, tenant, id, 'launch');
  await whenAll(app, tenant, id, ['delivered']);
  expect((await recordOf(app, mailbox(1))).length).toBe(1);
});
