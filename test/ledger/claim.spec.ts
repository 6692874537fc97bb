/** What a claim reads of the database: one is made for every batch, so it may cost more only for what waits. */
import { randomUUID } from 'node:crypto';
import { CLAIM } from '../../src/ledger/claim.sql.js';
import { email, send } from '../support/messages.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

interface Step {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Step[];
}

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

const stepsOf = (step: Step): Step[] => [step, ...(step.Plans ?? []).flatMap(stepsOf)];

test('A claim reads the throttles of the campaigns that wait in its lane, not of all that ever were', async () => {
  const id = await send(app, await app.tenant(), email());
  const token = randomUUID();
  const [lane] = await app.database.query<{ id: string }>(
    `with flow as (
       insert into campaign_flow (campaign_id, state) select uuidv7(), 'open' from generate_series(1, 500) returning campaign_id
     ), waiting as (
       update pending set campaign_id = (select campaign_id from flow limit 1) where message_id = $1 returning lane_id
     )
     update lane set lease_holder = $2 where id = (select lane_id from waiting) returning id`,
    [id, token],
  );
  const [answer] = await app.database.prepared<{ 'QUERY PLAN': readonly { readonly Plan: Step }[] }>(
    `explain (analyze, format json) ${CLAIM}`,
    [lane?.id, token, 100, 100, 15, 0],
  );
  const steps = (answer?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => stepsOf(Plan));
  const read = (table: string): number =>
    steps
      .filter((step) => step['Relation Name'] === table)
      .reduce((rows, step) => rows + step['Actual Rows'] * step['Actual Loops'], 0);
  expect(read('pending')).toBeGreaterThan(0);
  expect(read('campaign_flow')).toBe(1);
});
