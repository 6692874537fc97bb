/** Orders of numbers, and their steps. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { AdvanceNumbers } from '../../src/numbers/advance-numbers.command.js';
import type { NumberView } from '../../src/numbers/numbers.dto.js';
import type { TestApp, Tenant } from './test-app.js';

/** Orders a number, for the tenant's default venue unless another is given. */
export async function orderNumber(app: TestApp, owner: Tenant, input: object): Promise<NumberView> {
  const { body } = await app
    .as(owner)
    .post('/api/numbers')
    .send({ venueId: owner.defaultVenueId, ...input })
    .expect(202);
  return body as NumberView;
}

export const numberView = async (app: TestApp, owner: Tenant, id: string): Promise<NumberView> =>
  (await app.as(owner).get(`/api/numbers/${id}`).expect(200)).body as NumberView;

/** Its next step is due now, however long it was put off. */
export async function hurryNumber(app: TestApp, id: string): Promise<void> {
  await app.database.query(
    `update phone_number set due_at = now() where id = $1 and due_at is not null and lease is null`,
    [id],
  );
  await app.nest.get(CommandBus).execute(new AdvanceNumbers());
}

/** The number once it has one of these statuses. */
export const whenNumber = (
  app: TestApp,
  owner: Tenant,
  id: string,
  ...statuses: NumberView['status'][]
): Promise<NumberView> =>
  until(async () => {
    await hurryNumber(app, id);
    const now = await numberView(app, owner, id);
    return statuses.includes(now.status) && now;
  });

/** Lets a tenant rent as many as a test needs. */
export async function raiseMaxNumbers(app: TestApp, owner: Tenant): Promise<void> {
  await app.as(owner).patch(`/api/tenants/${owner.id}/settings`).send({ maxNumbers: 500 }).expect(200);
}
