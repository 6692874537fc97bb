/**
 * What statements make of many events when the planner takes them for a few. The newest always lie beyond its statistics; a join that compares all with
 * all is cheap for a few, and takes minutes for a batch.
 */
import { PostgresServer } from '../../harness/postgres-server.js';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { EventConsumers } from '../../src/ledger/index.js';
import { act, audience, draft, template, whenAll } from '../campaigns/campaign.support.js';
import { email, send, whenStatus } from '../support/messages.js';
import { openTestApp } from '../support/test-app.js';

const MESSAGES = 1_500;
/** Rows that one step may handle for each message: a few events each, in each month's part. */
const ROWS_OF_EACH = 50;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

interface Ran {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** The plans that the server has written down, with what their steps handled. */
async function ran(url: string): Promise<Ran[]> {
  const [log] = await query<{ text: string }>(url, 'select pg_read_file(pg_current_logfile()) as text');
  const blocks = (log?.text ?? '').split(/^\S.*? LOG: {2}duration: .* plan:$/m).slice(1);
  return blocks.map((block) => JSON.parse(block.slice(0, block.search(/^\t}$/m) + 2)) as Ran);
}

const busiest = ({ Plans = [], ...node }: PlanNode): number =>
  Math.max(node['Actual Rows'] * node['Actual Loops'], ...Plans.map(busiest));

test('no statement of a campaign compares all events of a batch with all, however few the planner expects', async () => {
  const server = await PostgresServer.open({
    durable: false,
    settings: {
      autovacuum: 'off',
      logging_collector: 'on',
      shared_preload_libraries: 'auto_explain',
      'auto_explain.log_analyze': 'on',
      'auto_explain.log_timing': 'off',
      'auto_explain.log_format': 'json',
      'auto_explain.log_min_duration': '5',
    },
  });
  const databaseUrl = await server.createMigrated('plans');
  const app = await openTestApp({ databaseUrl });
  try {
    const tenant = await app.tenant();
    await whenStatus(app, tenant, await send(app, tenant, email()), 'delivered');
    await query(databaseUrl, 'analyze');
    const people = {
      templateKey: await template(app, tenant, 'email'),
      audienceId: await audience(app, tenant, MESSAGES),
    };
    const { id } = await draft(app, tenant, people);
    await act(app, tenant, id, 'launch');
    await whenAll(app, tenant, id, ['delivered']);
    const consumers = app.nest.get(EventConsumers, { strict: false });
    await until(async () => (await consumers.lags()).every(({ seconds }) => seconds === 0));

    const plans = await ran(databaseUrl);
    expect(plans.some((plan) => plan['Query Text'].includes('message_event'))).toBe(true);
    const slow = plans.filter(({ Plan }) => busiest(Plan) > ROWS_OF_EACH * MESSAGES);
    expect(slow.map((plan) => [busiest(plan.Plan), plan['Query Text'].slice(0, 300)])).toEqual([]);
  } finally {
    await app.close();
    await server.close();
  }
});
