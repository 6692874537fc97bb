/** Alerts that are looked at when a test says so, and time that passes when it does. */
import { CommandBus } from '@nestjs/cqrs';
import { AlertCounts } from '../../src/alerts/alert-counts.js';
import type { AlertView } from '../../src/alerts/alerts.dto.js';
import { EvaluateAlerts } from '../../src/alerts/evaluate-alerts.command.js';
import type { AppConfig } from '../../src/app.config.js';
import type { NoticeView } from '../../src/notices/notices.dto.js';
import { holdSchedule } from '../support/past.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

/** A service in which nothing is looked at by itself. */
export async function openQuietApp(config: Partial<AppConfig> = {}): Promise<TestApp> {
  const app = await openTestApp({ role: 'api', ...config });
  await holdSchedule(app, 'alerts');
  await app.database.query(`delete from alert`);
  return app;
}

/** Looks at all rules, with everything that was counted so far. */
export async function look(app: TestApp): Promise<void> {
  await app.nest.get(AlertCounts).add();
  await app.nest.get(CommandBus).execute(new EvaluateAlerts());
}

/** All alerts have begun, were well, and were told of so much earlier. */
export async function pass(app: TestApp, seconds: number): Promise<void> {
  const earlier = (column: string): string => `${column} = ${column} - make_interval(secs => $1)`;
  await app.database.query(
    `update alert set ${['since', 'clear_since', 'fired_at', 'told_at'].map(earlier).join(', ')}`,
    [seconds],
  );
}

/** Newest first. */
export async function alerts(app: TestApp, query: object = {}): Promise<AlertView[]> {
  const { body } = await app.admin().get('/api/alerts').query(query).expect(200);
  return (body as { items: AlertView[] }).items;
}

/** What people were told of one, the first first. */
export async function toldOf(app: TestApp, id: string): Promise<NoticeView[]> {
  const { body } = await app.admin().get('/api/notices?limit=500').expect(200);
  return (body as { items: NoticeView[] }).items.filter(({ data }) => data['alertId'] === id).toReversed();
}
