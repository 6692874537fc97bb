/** Endpoints of tenants, and what they are told, as a stranger's program receives it. */
import { CommandBus } from '@nestjs/cqrs';
import { Webhook } from 'standardwebhooks';
import { until } from '../../harness/until.js';
import { DeliverEvents } from '../../src/outbound/deliver-events.command.js';
import type { DeliveryView, EndpointView, NewEndpointView } from '../../src/outbound/endpoints.dto.js';
import type { EventPayload, MessageEventData } from '../../src/outbound/payloads.dto.js';
import type { Loopback, Received } from '../providers/loopback.js';
import type { Tenant, TestApp } from '../support/test-app.js';

export async function newEndpoint(app: TestApp, owner: Tenant, body: object): Promise<NewEndpointView> {
  return (await app.as(owner).post('/api/webhook-endpoints').send(body).expect(201)).body as NewEndpointView;
}

export async function endpoint(app: TestApp, owner: Tenant, id: string): Promise<EndpointView> {
  return (await app.as(owner).get(`/api/webhook-endpoints/${id}`).expect(200)).body as EndpointView;
}

export async function patch(app: TestApp, owner: Tenant, id: string, body: object): Promise<EndpointView> {
  return (await app.as(owner).patch(`/api/webhook-endpoints/${id}`).send(body).expect(200)).body as EndpointView;
}

/** The log of an endpoint, newest first. */
export async function logOf(app: TestApp, owner: Tenant, id: string, query: object = {}): Promise<DeliveryView[]> {
  const { body } = await app.as(owner).get(`/api/webhook-endpoints/${id}/deliveries`).query(query).expect(200);
  return (body as { items: DeliveryView[] }).items;
}

/** Asks for a test event, and answers its delivery. */
export async function testEvent(app: TestApp, owner: Tenant, id: string, type?: string): Promise<DeliveryView> {
  const { body } = await app.as(owner).post(`/api/webhook-endpoints/${id}/test`).send({ type }).expect(202);
  return body as DeliveryView;
}

/** Waits until a delivery fits, and answers it. */
export const whenDelivery = (
  app: TestApp,
  owner: Tenant,
  endpointId: string,
  id: string,
  fits: (delivery: DeliveryView) => boolean,
): Promise<DeliveryView> =>
  until(async () => (await logOf(app, owner, endpointId, { limit: 500 })).find((one) => one.id === id && fits(one)));

export const isIn =
  (state: string) =>
  (delivery: DeliveryView): boolean =>
    delivery.state === state;

/** Waits until a message's events have all been told, and answers what was posted of it in the order of arrival. */
export const whenTold = (receiver: Loopback, messageId: string, last: string): Promise<EventPayload[]> =>
  until(() => {
    const told = aboutMessage(receiver, messageId);
    return told.some(({ type }) => type === last) && told;
  });

export const payloadOf = ({ body }: Received): EventPayload => JSON.parse(body) as EventPayload;

/** What was posted of a message, in the order of arrival. */
export const aboutMessage = ({ received }: Loopback, messageId: string): EventPayload[] =>
  received.map(payloadOf).filter(({ data }) => (data as MessageEventData).messageId === messageId);

/** Reads what was posted as a receiver does that knows this secret. Raises an error if it was not signed by it. */
export const verified = (secret: string, { headers, body }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

/** The pauses of an endpoint and of what waits for it are over, and so are the leases of whoever has claimed it. */
export async function hurry(app: TestApp, id: string): Promise<void> {
  await app.database.query(`update webhook_endpoint set retry_at = '-infinity' where id = $1`, [id]);
  await app.database.query(
    `update webhook_delivery set due_at = clock_timestamp() where endpoint_id = $1 and id in (
       select id from webhook_delivery where endpoint_id = $1 and due_at is not null for update skip locked)`, // not those that are being recorded
    [id],
  );
  await app.nest.get(CommandBus).execute(new DeliverEvents());
}
