/** What follows a campaign's messages by itself belongs to it until it is sent: it is held and cancelled with it, and never counted. */
import { CommandBus } from '@nestjs/cqrs';
import { Transitions } from '../../src/ledger/index.js';
import { until } from '../../harness/until.js';
import { RetryLate } from '../../src/dispatch/retries/retry-late.command.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { list, read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { usageOf } from '../support/usage.js';
import { consume } from '../support/consumers.js';
import { act, draft, ledgerOf, look, template, whenAll, whenState } from './campaign.support.js';
import { JSON_TYPE, newAudience } from './support.js';

/** Its phone is off: 30003, which passes. */
const OFF = '+15005550103';

let app: TestApp;
let tenant: Tenant;
let templates: { email: string; sms: string };
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant({ country: 'DE' });
  templates = { email: await template(app, tenant, 'email'), sms: await template(app, tenant, 'sms') };
  await whenEnded(app, tenant, await send(app, tenant, text())); // its lane is there to be stopped
});
afterEach(() => faults(app, {}));
afterEach(() => lanes('active'));
afterAll(() => app.close());

const lanes = (state: 'active' | 'stopped'): Promise<unknown> =>
  app.database.query(`update lane set state = $1 where channel = 'sms'`, [state]);

async function audienceOf(rows: readonly object[]): Promise<string> {
  const audience = await newAudience(app, tenant);
  await audience.import(JSON_TYPE, JSON.stringify(rows.map((row) => ({ name: 'Ana', ...row }))));
  return audience.id;
}

/** One person, whose mail bounces: the text that follows waits, as does somebody else's, who has no mail. */
async function withFollower(): Promise<{ id: string; first: string; follower: string; phone: string }> {
  await faults(app, { outcomes: { bounce: 1 } });
  await lanes('stopped');
  const [email, phone] = [newMailbox(), newNumber()];
  const audienceId = await audienceOf([{ email, phone }, { phone: newNumber() }]);
  const channels = (['email', 'sms'] as const).map((channel) => ({ channel, templateKey: templates[channel] }));
  const input = { audienceId, channels, pauseAtFailurePercent: null };
  const { id } = await draft(app, tenant, { ...input, channel: undefined });
  await act(app, tenant, id, 'launch');
  const { items } = await until(async () => {
    const page = await list(app, tenant, { campaignId: id, channel: 'email' });
    return page.items.length === 1 && page;
  });
  const first = items[0]?.id ?? '';
  return { id, first, follower: await followerOf(first), phone };
}

const followerOf = (id: string): Promise<string> =>
  until(async () => (await read(app, tenant, id)).followedBy ?? undefined);

/** One person whose phone is off, and whose text is sent again once its hour has come; the campaign waits for somebody else. */
async function withRetry(): Promise<{ id: string; first: string }> {
  const other = newNumber();
  const audienceId = await audienceOf([{ phone: OFF }, { phone: other }]);
  const more = { channel: 'sms', templateKey: templates.sms, audienceId, pauseAtFailurePercent: null };
  const { id } = await draft(app, tenant, { ...more, messagesPerMinute: 1 });
  await act(app, tenant, id, 'launch');
  const first = await until(async () => {
    const { items } = await list(app, tenant, { campaignId: id, to: OFF });
    return items.find(({ status }) => status === 'undelivered')?.id;
  });
  await until(async () => {
    await consume(app, 'late-retries');
    return (await app.database.query(`select from late_retry where message_id = $1`, [first])).length === 1;
  });
  return { id, first };
}

async function hourOfRetryComes(first: string): Promise<void> {
  await app.database.query(`update late_retry set due_at = now() where message_id = $1`, [first]);
  await app.nest.get(CommandBus).execute(new RetryLate());
}

const ended = (id: string): Promise<MessageWithEvents> => whenEnded(app, tenant, id);
const isOver = (id: string): Promise<CampaignView> =>
  until(async () => {
    const [row] = await app.database.query(`select from campaign where id = $1 and ended_at is not null`, [id]);
    return row !== undefined && look(app, tenant, id);
  });

test('A cancel ends what waits after messages that reached nobody, and counts each person once', async () => {
  const { id, first, follower, phone } = await withFollower();
  await act(app, tenant, id, 'cancel');
  const { progress, status } = await isOver(id);
  expect(status).toBe('CANCELLED');
  expect(progress).toMatchObject({
    audience: 2,
    messages: 2,
    byStatus: { undelivered: 1, cancelled: 1 },
    byChannel: { email: 1, sms: 1 },
  });
  expect(await ledgerOf(app, id)).toEqual(progress.byStatus);
  const last = await read(app, tenant, follower);
  expect(last).toMatchObject({
    status: 'cancelled',
    reason: 'campaign_cancelled',
    fallbackOf: first,
    campaignId: null,
  });
  expect(last.events.map(({ kind, source }) => `${kind} ${source}`)).toEqual(['queued api', 'cancelled campaign']);
  await lanes('active');
  const after = await send(app, tenant, text());
  await ended(after); // what waited before it has had its turn
  expect(await recordOf(app, phone)).toEqual([]);
  expect(await app.database.query(`select from pending where campaign_id = $1`, [id])).toEqual([]);
  await consume(app, 'usage');
  const { total } = await usageOf(app, tenant);
  expect(total).toMatchObject({ messages: 3, delivered: 2, failed: 1, stopped: 2 }); // the mail, and two of no campaign
});

test('A pause holds what waits after messages that reached nobody, and a resume lets it go once', async () => {
  const { id, follower, phone } = await withFollower();
  await act(app, tenant, id, 'pause');
  await lanes('active');
  await ended(await send(app, tenant, text())); // a later one of the lane has had its turn
  expect((await read(app, tenant, follower)).status).toBe('queued');
  await act(app, tenant, id, 'resume');
  expect((await ended(follower)).status).toBe('delivered');
  expect(await recordOf(app, phone)).toHaveLength(1);
  await whenState(app, tenant, id, 'SENT');
});

test('A cancelled campaign is over only when what was being sent after its messages has come back, too, and it ends then', async () => {
  const { id, follower } = await withFollower();
  const [lane] = await app.database.query<{ id: string }>(`select lane_id as id from pending where message_id = $1`, [
    follower,
  ]);
  await app.database.query(`update pending set claim = uuidv7() where message_id = $1`, [follower]);
  await app.database.query(`update message set status = 'sending', attempts = 1 where id = $1`, [follower]);
  await act(app, tenant, id, 'cancel');
  await whenAll(app, tenant, id, ['undelivered', 'cancelled']);
  await app.nest.get(Transitions).defer([{ messageId: follower, attempt: 1, reason: 'deferred', retryInMs: 0 }]);
  expect(await read(app, tenant, follower)).toMatchObject({ status: 'cancelled', reason: 'campaign_cancelled' });
  expect(await app.database.query(`select from pending where lane_id = $1 and claim is not null`, [lane?.id])).toEqual(
    [],
  );
  await isOver(id);
});

test('A late retry of a cancelled campaign is not made', async () => {
  const { id, first } = await withRetry();
  await act(app, tenant, id, 'cancel');
  await hourOfRetryComes(first);
  expect(await read(app, tenant, first)).toMatchObject({ status: 'undelivered', followedBy: null });
});

test('A late retry of a paused campaign waits for its resume, and is cancelled with it', async () => {
  const { id, first } = await withRetry();
  await act(app, tenant, id, 'pause');
  await hourOfRetryComes(first);
  const retry = await followerOf(first);
  await ended(await send(app, tenant, text()));
  expect((await read(app, tenant, retry)).status).toBe('queued');
  await act(app, tenant, id, 'cancel');
  expect(await whenStatus(app, tenant, retry, 'cancelled')).toMatchObject({
    reason: 'campaign_cancelled',
    resendOf: first,
  });
});

test('What is sent again by hand goes, whatever has become of its campaign', async () => {
  const { id, follower } = await withFollower();
  await act(app, tenant, id, 'cancel');
  await whenStatus(app, tenant, follower, 'cancelled');
  const { body } = await app.as(tenant).post(`/api/messages/${follower}/resend`).expect(202);
  await lanes('active');
  expect((await ended((body as { id: string }).id)).status).toBe('delivered');
});
