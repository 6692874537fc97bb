/** Notices on their way: written as other modules do, and received as a stranger's program would. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { Notices, type NewNotice, type NoticeTargets } from '../../src/notices/index.js';
import { DeliverNotices } from '../../src/notices/deliver-notices.command.js';
import type { NoticeView } from '../../src/notices/notices.dto.js';
import type { Loopback, Received } from '../providers/loopback.js';
import type { Tenant, TestApp } from '../support/test-app.js';

export const NOBODY: NoticeTargets = { emails: [], url: null, language: 'en' };

/** Writes a notice of a tenant, and answers its id. */
export async function write(
  app: TestApp,
  { id }: Tenant,
  targets: Partial<NoticeTargets>,
  more: Partial<NewNotice> = {},
): Promise<string> {
  const written = await app.nest.get(Notices).write({
    kind: 'gate.closed',
    subject: randomUUID(),
    tenantId: id,
    payload: { gate: 4 },
    letters: { en: { subject: 'Gate 4 is closed', blocks: ['It opens again at 19:00.'] } },
    targets: { ...NOBODY, ...targets },
    toOperator: false,
    ...more,
  });
  if (written === undefined) throw new Error('it is new');
  return written;
}

/** The secret of a tenant, made now. */
export async function newSecret(app: TestApp, tenant: Tenant): Promise<string> {
  const { body } = await app.as(tenant).post('/api/notices/secret').expect(200);
  return (body as { secret: string }).secret;
}

/** A notice as the operator sees it. */
export async function look(app: TestApp, id: string): Promise<NoticeView> {
  const { body } = await app.admin().get('/api/notices?limit=500').expect(200);
  const notice = (body as { items: NoticeView[] }).items.find((one) => one.id === id);
  if (!notice) throw new Error('there is such a notice');
  return notice;
}

/** Waits until all deliveries of a notice are in a state, and answers it. */
export const whenAll = (app: TestApp, id: string, state: string): Promise<NoticeView> =>
  until(async () => {
    const notice = await look(app, id);
    return notice.deliveries.every((delivery) => delivery.state === state) && notice;
  });

/** Waits until a notice has been tried and waits for another attempt, and answers it. */
export const whenPutOff = (app: TestApp, id: string): Promise<NoticeView> =>
  until(async () => {
    const notice = await look(app, id);
    return notice.deliveries.every(({ state, error }) => state === 'waiting' && error !== null) && notice;
  });

/** The pause of what waits is over, and so is the lease of whoever has claimed it. */
export async function hurry(app: TestApp, id: string): Promise<void> {
  await app.database.query(
    `update notice_delivery set due_at = clock_timestamp() where notice_id = $1 and due_at is not null`,
    [id],
  );
  await app.nest.get(CommandBus).execute(new DeliverNotices());
}

/** What was posted about a notice. */
export const postsOf = ({ received }: Loopback, id: string): Received[] =>
  received.filter(({ body }) => (JSON.parse(body) as { noticeId: string }).noticeId === id);

/** Reads what was posted as a receiver does that knows this secret. Raises an error if it was not signed by it. */
export const verified = (secret: string, { headers, body }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>);
